import type { Diagnosis } from './diagnosis.js'

/** The diagnosis for a person: verdict, cause, what to do, and both strings with their first difference. */
export function report(diagnosis: Diagnosis, notes: readonly string[]): string {
  const { code, detail, expected_base: expected, valid } = diagnosis
  const sections = [
    valid
      ? `VALID. ${detail}`
      : `NOT VALID: ${code}\n\nCause: ${detail}\nTo do: ${adviceFor(diagnosis)}`,
    ...notes.map((note) => `Note: ${note}`),
    ...(expected === null ? [] : [comparison(expected, diagnosis)]),
  ]
  return `${sections.join('\n\n')}\n`
}

function adviceFor({ cause, code, expected_base, received_base }: Diagnosis): string {
  switch (code) {
    case 'signature_invalid':
      if (cause === 'unknown') {
        return 'put the string that your program signed, in base64, into a Bursar-Debug-Base header of the request and ask again.'
      }
      return received_base === expected_base
        ? 'the string is right; correct the key, or how it signs, or how the signature is written.'
        : "make your program sign the platform's string, byte for byte."
    case 'content_digest_mismatch':
      return 'make the body once, as bytes; hash these bytes and send these bytes.'
    case 'signature_expired':
    case 'signature_in_future':
      return 'sign anew just before sending; set the clock by NTP; created is in seconds.'
    default:
      return 'correct this, sign again, and ask again; docs/guides/en/sign-in-any-language.md has the steps.'
  }
}

function comparison(
  expected: string,
  { first_difference: difference, received_base: received }: Diagnosis,
): string {
  if (received === expected) return titled('The signature base, the same on both sides:', expected)
  if (received === null && difference === null) {
    return titled("The platform's signature base:", expected)
  }
  const title =
    received === null
      ? "The platform's signature base, and where yours differs:"
      : "The signature base: - the platform's, + yours"
  return titled(title, markedLines(expected, received ?? expected, difference))
}

/** Where the two differ both lines stand below each other, with a mark under the first byte. */
function markedLines(
  expected: string,
  received: string,
  difference: Diagnosis['first_difference'],
): string[] {
  const [ours, theirs] = [linesOf(expected), linesOf(received)]
  const marked: string[] = []
  let start = 0
  for (let index = 0; index < Math.max(ours.length, theirs.length); index += 1) {
    const [our, their] = [ours[index], theirs[index]]
    if (our === their) marked.push(`  ${our}`)
    else {
      if (our !== undefined) marked.push(`- ${our}`)
      if (their !== undefined) marked.push(`+ ${their}`)
    }
    // Up to the first difference both sides are the same, so its column is that of either.
    const column = difference === null ? -1 : difference.offset - start
    if (difference !== null && column >= 0 && column <= (our ?? their ?? '').length) {
      const there = linesOf(difference.received).join('\\n')
      const yours = expected === received ? `; you signed …${there}…` : ''
      marked.push(
        `  ${' '.repeat(column)}^ the first difference: byte ${difference.offset}, line ${index + 1}${yours}`,
      )
    }
    start += (our?.length ?? 0) + 1
  }
  return marked
}

function titled(title: string, text: string | readonly string[]): string {
  const lines = typeof text === 'string' ? linesOf(text).map((line) => `  ${line}`) : text
  return [title, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** A carriage return and other invisible characters are shown; they are what one looks for. */
function linesOf(base: string): string[] {
  return base.split('\n').map((line) => line.replace(/\p{Cc}/gu, visible))
}

function visible(character: string): string {
  if (character === '\r') return '\\r'
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
