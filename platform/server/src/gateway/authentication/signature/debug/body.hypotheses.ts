/** Other bytes that a program may have hashed instead of the body that it sent. */
export interface BodyMistake {
  readonly cause: 'body_reserialized' | 'digest_of_other_bytes'
  readonly detail: string
  readonly bytes: Buffer
}

/** Larger bodies are not written again a dozen times to please a debugger. */
const BODY_BYTES_MAX = 256 * 1024

/** Likeliest first. */
export function bodyMistakes(body: Buffer): BodyMistake[] {
  if (body.length > BODY_BYTES_MAX) return []
  const text = body.toString('utf8')
  const plain: [string, string][] = [
    ['no body at all', ''],
    ['the body with a newline at its end', `${text}\n`],
    ['the body with CR LF at its end', `${text}\r\n`],
    ['the body without the white space at its ends', text.trim()],
    ['the body with LF for each CR LF', text.replaceAll('\r\n', '\n')],
    ['the body with CR LF for each LF', text.replaceAll(/(?<!\r)\n/g, '\r\n')],
    ['the body with a byte order mark', `\ufeff${text}`],
  ]
  const other = plain.map(([what, changed]): BodyMistake => {
    const detail = `The digest is of ${what}, not of the bytes that arrived. Hash the very bytes that you send.`
    return { cause: 'digest_of_other_bytes', detail, bytes: Buffer.from(changed) }
  })
  const rewritten = rewrittenJson(text).map(([how, changed]): BodyMistake => {
    const detail = `The body was serialised twice: the digest is of ${how}, but other bytes arrived. Serialise once, hash that text, and send the same text.`
    return { cause: 'body_reserialized', detail, bytes: Buffer.from(changed) }
  })
  // White space at the ends is told apart from other spaces first.
  return [...other, ...rewritten].filter(({ bytes }) => !bytes.equals(body))
}

/** The same JSON as common libraries write it. */
function rewrittenJson(text: string): [string, string][] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return []
  }
  if (typeof value !== 'object' || value === null) return []
  const minified = JSON.stringify(value)
  const spaced = withSpaces(minified)
  const sorted = JSON.stringify(sortedKeys(value))
  return [
    ['the JSON without spaces', minified],
    ['the JSON with a space after each colon and comma (Python)', spaced],
    ['the JSON with non-ASCII characters escaped', asciiOnly(minified)],
    ['the JSON with spaces and non-ASCII characters escaped (Python)', asciiOnly(spaced)],
    ['the JSON with escaped slashes (PHP)', minified.replaceAll('/', '\\/')],
    [
      'the JSON with escaped slashes and characters (PHP)',
      asciiOnly(minified.replaceAll('/', '\\/')),
    ],
    ['the JSON indented by 2', JSON.stringify(value, null, 2)],
    ['the JSON indented by 4', JSON.stringify(value, null, 4)],
    ['the JSON with its keys sorted', sorted],
    ['the JSON with its keys sorted and spaces', withSpaces(sorted)],
  ]
}

/** Strings are matched whole, so that a colon or comma in one stays as it is. */
function withSpaces(json: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|[,:]/g, (part) =>
    part === ',' || part === ':' ? `${part} ` : part,
  )
}

function asciiOnly(json: string): string {
  return json.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sortedKeys(member)]),
  )
}
