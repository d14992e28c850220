import {
  type InnerList,
  type Item,
  isInnerList,
  type Parameters,
  parseDictionary,
  serializeItem,
} from 'structured-headers'

const FIELD_LENGTH_MAX = 1024
export const RESPONSE_TAG = 'bursar-response'
/** What the platform's signature covers, always all of it and in this order. */
export const RESPONSE_COMPONENTS = [
  { name: '@status', isFromRequest: false },
  { name: 'content-digest', isFromRequest: false },
  { name: '@method', isFromRequest: true },
  { name: '@target-uri', isFromRequest: true },
] as const

/** What nearly everybody asks, the SDK above all; reading it costs nothing. */
const USUAL =
  'bursar=("@status" "content-digest" "@method";req "@target-uri";req);tag="bursar-response"'

export interface SignatureWish {
  readonly label: string
  /** As it stands in the parameters: serialised, or null when none was asked for. */
  readonly nonce: string | null
  readonly expires: boolean
  readonly keyid: string | null
}

/**
 * What an `Accept-Signature` field (RFC 9421 section 5.1) asks of us, or null when we cannot give it. That
 * is no error: the field is a wish, and a refusal could only come after the work was done. Who insists on
 * a signature sees that there is none.
 */
export function readAcceptSignature(field: string): SignatureWish | null {
  if (field === USUAL) return { label: 'bursar', nonce: null, expires: false, keyid: null }
  if (field.length > FIELD_LENGTH_MAX) return null
  try {
    for (const [label, member] of parseDictionary(field)) {
      const wish = isInnerList(member) ? readMember(label, member) : null
      if (wish) return wish
    }
  } catch {
    // Not a structured field: nothing that could be granted.
  }
  return null
}

function readMember(label: string, [components, parameters]: InnerList): SignatureWish | null {
  if (!components.every(isCovered)) return null
  if (!isOneOf(parameters, 'tag', RESPONSE_TAG) || !isOneOf(parameters, 'alg', 'ed25519')) {
    return null
  }
  const nonce = parameters.get('nonce')
  const keyid = parameters.get('keyid')
  if (nonce !== undefined && typeof nonce !== 'string') return null
  if (keyid !== undefined && typeof keyid !== 'string') return null
  return {
    label,
    nonce: nonce === undefined ? null : serializeItem([nonce, new Map()]),
    expires: parameters.get('expires') === true,
    keyid: keyid ?? null,
  }
}

function isCovered([name, parameters]: Item): boolean {
  const isFromRequest = parameters.get('req') === true
  if (parameters.size > (isFromRequest ? 1 : 0)) return false
  return RESPONSE_COMPONENTS.some(
    (covered) => covered.name === name && covered.isFromRequest === isFromRequest,
  )
}

function isOneOf(parameters: Parameters, name: string, granted: string): boolean {
  const wanted = parameters.get(name)
  return wanted === undefined || wanted === granted
}
