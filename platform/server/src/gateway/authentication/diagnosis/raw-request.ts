/** A request as somebody shows it, to be judged and not to be carried out. */
export interface ShownRequest {
  readonly method: string
  /** Path and query, exactly as written. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Reads `POST /v1/payments HTTP/1.1`, header lines, an empty line and the body. Editors save LF for
 * CR LF, so either ends a line of the head; the body stays as it is, because each of its bytes is
 * signed. With a Content-Length the body ends there, as it would on the wire. The message of a
 * failure says what is wrong.
 */
export function readRawRequest(text: string): ShownRequest {
  const [, head = '', rest = ''] =
    /^([\s\S]*?)(?:\r?\n\r?\n([\s\S]*))?$/.exec(text.trimStart()) ?? []
  const [requestLine = '', ...lines] = head.split(/\r?\n/)
  const [, method, target] = /^(\S+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(requestLine.trim()) ?? []
  if (method === undefined || target === undefined || !TOKEN.test(method)) {
    throw new SyntaxError('must begin with a line such as POST /v1/payments HTTP/1.1')
  }
  const headers = lines.filter((line) => line.trim() !== '').map(readHeader)
  return { method, target: originForm(target), headers, body: cut(Buffer.from(rest), headers) }
}

function readHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon))
  if (!TOKEN.test(name)) {
    throw new SyntaxError(
      `has the line ${JSON.stringify(line.slice(0, 60))} among its headers; an empty line must stand before the body`,
    )
  }
  // As a server reads it: the white space around a value is no part of it (RFC 9112 section 5.1).
  return [name, line.slice(colon + 1).replaceAll(/^[ \t]+|[ \t]+$/g, '')]
}

/** Programs that keep requests in files write whole URLs; over the wire goes path and query. */
export function originForm(target: string): string {
  const [, pathAndQuery] = /^https?:\/\/[^/?#]*(.*)$/i.exec(target) ?? []
  if (pathAndQuery === undefined) return target
  return pathAndQuery.startsWith('/') ? pathAndQuery : `/${pathAndQuery}`
}

function cut(body: Buffer, headers: ShownRequest['headers']): Buffer {
  const [, length] = headers.find(([name]) => name.toLowerCase() === 'content-length') ?? []
  return length !== undefined && /^\d{1,9}$/.test(length) ? body.subarray(0, Number(length)) : body
}
