import { hash } from 'node:crypto'
import { makeContentDigest } from '../../../../infra/crypto/content-digest.js'
import type { SignatureInput } from '../../../../infra/crypto/http-signature.fields.js'
import type { HeaderFields } from '../../../../infra/crypto/http-signature.headers.js'
import { bodyMistakes } from './body.hypotheses.js'
import { type Hypothesis, hypothesis, type SignatureCause } from './hypothesis.js'
import { layoutMistakes } from './layout.hypotheses.js'
import { targetMistakes } from './target.hypotheses.js'

/** What the base was built from. */
export interface SignedMessage {
  readonly method: string
  readonly targetUri: string
  readonly headers: HeaderFields
  readonly input: SignatureInput
  readonly body: Buffer | null
}

/**
 * Other strings that the signer may have signed instead of this base, likeliest first. Each is one
 * mistake; two at a time are found only with the caller's own base, by its first difference.
 */
export function* baseHypotheses(base: string, message: SignedMessage): Generator<Hypothesis> {
  yield* textMistakes(base)
  yield* componentMistakes(base, message)
  yield* layoutMistakes(base, message.input)
  yield* encodedMistakes(base)
}

function* textMistakes(base: string): Generator<Hypothesis> {
  const ends = 'The signature base ends without a newline.'
  const lines = 'The signature base separates its lines with LF alone.'
  yield hypothesis(
    'trailing_newline',
    `You signed a newline after the last line. ${ends}`,
    `${base}\n`,
  )
  const crlf = base.replaceAll('\n', '\r\n')
  yield hypothesis('line_ends', `Your lines end with CR LF. ${lines}`, crlf)
  yield hypothesis(
    'line_ends',
    `Your lines end with CR LF, the last one too. ${lines}`,
    `${crlf}\r\n`,
  )
  yield hypothesis(
    'trailing_newline',
    `You signed CR LF after the last line. ${ends}`,
    `${base}\r\n`,
  )
  yield hypothesis(
    'names_not_quoted',
    'Component names stand in double quotes: "@method": POST.',
    base.replaceAll(/^"([^"]+)":/gm, '$1:'),
  )
  yield hypothesis(
    'names_not_quoted',
    'A colon and one space stand between a component and its value.',
    base.replaceAll(/^("[^"]+"(?:;req)?): /gm, '$1:'),
  )
}

function* componentMistakes(base: string, message: SignedMessage): Generator<Hypothesis> {
  const { method, targetUri, headers, body, input } = message
  const swap = (name: string, value: string) => withValue(base, name, value)
  for (const mistake of targetMistakes(targetUri, headers.first('host'))) {
    yield hypothesis(mistake.cause, mistake.detail, swap('@target-uri', mistake.targetUri))
  }
  for (const other of new Set([method.toLowerCase(), method.toUpperCase()])) {
    const detail = `You signed the method as ${other}, but sent ${method}. Methods are case-sensitive.`
    yield hypothesis('method_case', detail, swap('@method', other))
  }
  for (const value of contentTypes(headers.first('content-type') ?? '')) {
    const detail = `You signed the content type ${value}, but sent another one: your HTTP library set it, or added or dropped the charset, after signing.`
    yield hypothesis('content_type', detail, swap('content-type', value))
  }
  yield* digestMistakes(base, body ?? Buffer.alloc(0))
  for (const { name } of input.components) {
    if (name.startsWith('@')) continue
    for (const [cause, detail, value] of headerForms(name, headers.first(name) ?? '')) {
      yield hypothesis(cause, detail, swap(name, value))
    }
  }
}

function* digestMistakes(base: string, body: Buffer): Generator<Hypothesis> {
  const algorithm = /^"content-digest": (sha-256|sha-512)=/m.exec(base)?.[1]
  if (algorithm !== 'sha-256' && algorithm !== 'sha-512') return
  for (const { cause, detail, bytes } of bodyMistakes(body)) {
    yield hypothesis(
      cause,
      detail,
      withValue(base, 'content-digest', makeContentDigest(bytes, algorithm)),
    )
  }
  const right = makeContentDigest(body, algorithm)
  const detail =
    'You signed the digest in another form than the Content-Digest header that you sent.'
  const name = algorithm.replace('-', '')
  const bare = right.replaceAll(/^[^:]*:|:$/g, '')
  const forms = [bare, `${algorithm}=${bare}`, `${algorithm.toUpperCase()}=${bare}`]
  for (const form of [
    ...forms,
    `${algorithm}=:${hash(name, body, 'hex')}:`,
    hash(name, body, 'hex'),
  ]) {
    yield hypothesis('digest_form', detail, withValue(base, 'content-digest', form))
  }
}

function headerForms(name: string, sent: string): [SignatureCause, string, string][] {
  const trimmed = sent.trim()
  const spaces =
    'White space around a header value is not signed (RFC 9421 section 2.1), yours was.'
  const form = `You signed the header ${name} in another spelling than the one you sent.`
  return [
    ['header_whitespace', spaces, sent],
    ['header_whitespace', spaces, ` ${trimmed}`],
    ['header_whitespace', spaces, `${trimmed} `],
    ['header_form', form, trimmed.replaceAll(/^"|"$/g, '')],
    ['header_form', form, `"${trimmed}"`],
    ['header_form', form, trimmed.toLowerCase()],
  ]
}

function contentTypes(sent: string): string[] {
  const [type = ''] = sent.split(';')
  const charsets = ['', '; charset=utf-8', ';charset=utf-8', '; charset=UTF-8', ';charset=UTF-8']
  return charsets.map((charset) => type.trim() + charset)
}

function* encodedMistakes(base: string): Generator<Hypothesis> {
  const hashed =
    'You signed a hash of the signature base. The algorithm hashes by itself: give it the base.'
  for (const name of ['sha256', 'sha512', 'sm3']) {
    yield { cause: 'base_hashed', detail: hashed, bytes: hash(name, base, 'buffer') }
    yield hypothesis('base_hashed', hashed, hash(name, base, 'hex'))
    yield hypothesis('base_hashed', hashed, hash(name, base, 'base64'))
  }
  const encoded = 'You signed an encoding of the signature base. Sign its bytes.'
  yield hypothesis('base_encoded', encoded, Buffer.from(base).toString('base64'))
  yield hypothesis('base_encoded', encoded, Buffer.from(base).toString('hex'))
  yield { cause: 'base_encoded', detail: encoded, bytes: Buffer.from(base, 'utf16le') }
}

function withValue(base: string, name: string, value: string): string {
  const start = `"${name}": `
  return base
    .split('\n')
    .map((line) => (line.startsWith(start) ? start + value : line))
    .join('\n')
}
