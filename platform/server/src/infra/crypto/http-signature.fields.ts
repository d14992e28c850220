import {
  type BareItem,
  type Dictionary,
  type InnerList,
  type Item,
  isInnerList,
  type Parameters,
  parseDictionary,
  serializeDictionary,
  serializeInnerList,
} from 'structured-headers'
import { readCanonicalBytes, readCanonicalInput } from './http-signature.canonical.js'
import { HttpSignatureError } from './http-signature.errors.js'

/** Enough for any honest signature: 4 KiB of input, an RSA-8192 signature, a few dozen components. */
const SIGNATURE_INPUT_LENGTH_MAX = 4096
const SIGNATURE_LENGTH_MAX = 2048
const COMPONENTS_MAX = 32

export interface CoveredComponent {
  readonly name: string
  /** Taken from the request that a response answers (`;req`, RFC 9421 section 2.4). */
  readonly isFromRequest: boolean
}

export interface SignatureParameters {
  readonly created: number | null
  readonly expires: number | null
  readonly nonce: string | null
  readonly keyid: string | null
  readonly alg: string | null
  readonly tag: string | null
}

export interface SignatureInput {
  readonly label: string
  readonly components: readonly CoveredComponent[]
  readonly parameters: SignatureParameters
  /** The inner list with its parameters, in the order received, as it ends the signature base. */
  readonly serialized: string
}

/** The only member of a `Signature-Input` field. More than one member is refused as ambiguous. */
export function parseSignatureInput(field: string): SignatureInput {
  checkLength('Signature-Input', field, SIGNATURE_INPUT_LENGTH_MAX)
  const input = readCanonicalInput(field) ?? readFullInput(field)
  if (input.components.length > COMPONENTS_MAX) {
    throw malformed(`Signature-Input covers more than ${COMPONENTS_MAX} components.`)
  }
  return input
}

/** `parseSignatureInput` for every form that RFC 9651 allows. */
export function readFullInput(field: string): SignatureInput {
  const [label, member] = parseOnlyMember('Signature-Input', field)
  if (!isInnerList(member)) {
    throw malformed('Signature-Input must be a list of components in parentheses.')
  }
  return {
    label,
    components: readComponents(member[0]),
    parameters: readParameters(member[1]),
    serialized: serializeInnerList(member),
  }
}

/** The only member of a `Signature` field, which must be a byte sequence. */
export function parseSignature(field: string): { label: string; signature: Buffer } {
  checkLength('Signature', field, SIGNATURE_LENGTH_MAX)
  const canonical = readCanonicalBytes(field)
  if (canonical) return { label: canonical.label, signature: canonical.bytes }
  const [label, member] = parseOnlyMember('Signature', field)
  if (isInnerList(member) || !(member[0] instanceof ArrayBuffer) || member[1].size > 0) {
    throw malformed('Signature must be base64 between colons, as in bursar=:…:.')
  }
  return { label, signature: Buffer.from(member[0]) }
}

/**
 * Parses a dictionary and refuses what parsing would hide: RFC 9651 says that the last of two equal
 * keys wins, but two readers of a security header must never see two things. Writing the result
 * again and comparing, spaces aside, finds every repeated key, rounded number or padded base64.
 */
export function parseExactDictionary(name: string, field: string): Dictionary {
  let dictionary: Dictionary
  let written: string
  try {
    dictionary = parseDictionary(field)
    written = serializeDictionary(dictionary)
  } catch (cause) {
    throw malformed(`${name} is not a structured field (RFC 9651): ${reasonOf(cause)}.`, cause)
  }
  if (withoutSpaces(written) !== withoutSpaces(field)) {
    throw malformed(`${name} repeats a key or is not in the canonical form of RFC 9651.`)
  }
  return dictionary
}

function checkLength(name: string, field: string, lengthMax: number): void {
  if (field.length > lengthMax) {
    throw malformed(`${name} is longer than ${lengthMax} characters.`)
  }
}

function parseOnlyMember(name: string, field: string): readonly [string, Item | InnerList] {
  const [first, second] = parseExactDictionary(name, field)
  if (first === undefined) throw malformed(`${name} is empty.`)
  if (second !== undefined) {
    throw new HttpSignatureError('ambiguous', `${name} carries more than one signature.`)
  }
  return first
}

function readComponents(items: readonly Item[]): CoveredComponent[] {
  const seen = new Set<string>()
  return items.map(([name, parameters]) => {
    if (typeof name !== 'string' || !/^@?[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      throw malformed('A covered component must be a lower-case name in double quotes.')
    }
    const isFromRequest = parameters.get('req') === true
    if (parameters.size > (isFromRequest ? 1 : 0)) {
      throw malformed(`The component "${name}" has a parameter that is not supported.`)
    }
    const identity = isFromRequest ? `${name};req` : name
    // RFC 9421 section 2: each component identifier occurs only once.
    if (seen.has(identity)) throw malformed(`The component "${name}" is covered twice.`)
    seen.add(identity)
    return { name, isFromRequest }
  })
}

function readParameters(parameters: Parameters): SignatureParameters {
  return {
    created: secondsOf('created', parameters.get('created')),
    expires: secondsOf('expires', parameters.get('expires')),
    nonce: textOf('nonce', parameters.get('nonce')),
    keyid: textOf('keyid', parameters.get('keyid')),
    alg: textOf('alg', parameters.get('alg')),
    tag: textOf('tag', parameters.get('tag')),
  }
}

function secondsOf(name: string, value: BareItem | undefined): number | null {
  if (value === undefined) return null
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw malformed(`The parameter ${name} must be an integer of seconds since 1970.`)
}

function textOf(name: string, value: BareItem | undefined): string | null {
  if (value === undefined) return null
  if (typeof value === 'string') return value
  throw malformed(`The parameter ${name} must be a string in double quotes.`)
}

function withoutSpaces(text: string): string {
  return text.replace(/[ \t]+/g, '')
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/^Parse error: /, '') : 'cannot be read'
}

function malformed(message: string, cause?: unknown): HttpSignatureError {
  return new HttpSignatureError('malformed', message, cause === undefined ? undefined : { cause })
}
