/** A request as it went over the wire, read from a file. */
export interface HttpMessage {
  method: string
  /** Path and query, or a whole URL, exactly as written. */
  target: string
  /** In order, repeated ones too, names as written. */
  headers: [name: string, value: string][]
  body: Uint8Array
  /** What was assumed while reading, in words. */
  notes: string[]
}

/** The file is no request; the message says why and what to do. */
export class UnusableMessage extends Error {}

const LF = 0x0a
const CR = 0x0d
/** RFC 9110 Section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Reads `POST /v1/payments HTTP/1.1`, header lines, an empty line and the body. Lines of the head may end
 * in LF or CRLF, as editors and proxies write them; the body is never touched, because each of its bytes
 * is signed.
 */
export function readHttpMessage(file: Uint8Array): HttpMessage {
  const { lines, bodyStart } = splitHead(file)
  const [requestLine = '', ...headerLines] = lines
  const [method = '', target = '', version = '', ...rest] = requestLine.split(' ')
  const isRequest = TOKEN.test(method) && /^(\/|https?:\/\/)/.test(target) && rest.length === 0
  if (!isRequest || !/^(HTTP\/\d(\.\d)?)?$/.test(version)) {
    throw new UnusableMessage(
      `the first line is ${JSON.stringify(requestLine)}; it must be like "POST /v1/payments HTTP/1.1"`,
    )
  }
  const headers = headerLines.map(readHeader)
  const { body, notes } = readBody(file.subarray(bodyStart), headers)
  return { method, target, headers, body, notes }
}

/** Values of a header, whatever its case. */
export function headerValues({ headers }: Pick<HttpMessage, 'headers'>, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

function splitHead(file: Uint8Array): { lines: string[]; bodyStart: number } {
  const lines: string[] = []
  let start = 0
  while (start < file.length) {
    const found = file.indexOf(LF, start)
    const end = found === -1 ? file.length : found
    const hasCr = end > start && file[end - 1] === CR
    const line = Buffer.from(file.subarray(start, hasCr ? end - 1 : end)).toString('latin1')
    start = end + 1
    // Editors leave empty lines at the top; after the first line an empty one ends the head.
    if (line !== '') lines.push(line)
    else if (lines.length > 0) break
  }
  if (lines.length === 0) {
    throw new UnusableMessage('there is no input; use: bursar debug-signature < request.http')
  }
  return { lines, bodyStart: Math.min(start, file.length) }
}

function readHeader(line: string, index: number): [string, string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon))
  if (!TOKEN.test(name)) {
    throw new UnusableMessage(
      `line ${index + 2} is ${JSON.stringify(line)}; it must be a header such as "Content-Type: application/json" ` +
        '(an empty line separates the headers from the body)',
    )
  }
  return [name, line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]
}

function readBody(
  rest: Uint8Array,
  headers: HttpMessage['headers'],
): Pick<HttpMessage, 'body' | 'notes'> {
  if (headerValues({ headers }, 'transfer-encoding').length > 0) {
    throw new UnusableMessage(
      'the request has Transfer-Encoding; save the body without its chunks and remove that header',
    )
  }
  const [declared] = headerValues({ headers }, 'content-length')
  if (declared === undefined) return { body: rest, notes: notesOnEnd(rest) }
  const length = /^\d+$/.test(declared) ? Number(declared) : Number.NaN
  if (!(length <= rest.length)) {
    throw new UnusableMessage(
      `Content-Length is ${declared}, but ${rest.length} bytes follow the empty line; the body is cut off, or was ` +
        'changed after it was signed',
    )
  }
  const extra = rest.length - length
  const notes =
    extra === 0
      ? []
      : [`${plural(extra, 'byte')} after the ${length} that Content-Length names were left out.`]
  return { body: rest.subarray(0, length), notes }
}

/** Whether a newline at the end belongs to the body is the one thing that a file cannot say by itself. */
function notesOnEnd(body: Uint8Array): string[] {
  if (body.at(-1) !== LF) return []
  return [
    'There is no Content-Length, so the newline at the end of the file was taken for a part of the body. If your ' +
      'program did not send it, add the Content-Length that it sent.',
  ]
}

export const plural = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`
