import { type IpRange, isAddressIn, parseIpRange } from '../../../infra/net/ip-range.js'
import { assert } from '../../../kernel/assert.js'
import type { ApiKeyForVerification } from './key-directory.port.js'
import { SignatureError } from './signature.errors.js'

/** Rows live in the key cache for seconds; their ranges are read once in that time. */
const rangesByKey = new WeakMap<ApiKeyForVerification, readonly IpRange[]>()

/**
 * Whether the key may be used from where the request comes from: after the signature was verified, so that
 * only the key's owner learns that there is a list. An address that cannot be read is in no list.
 */
export function checkKeyAddress(
  key: ApiKeyForVerification,
  request: { readonly ip: string },
): void {
  if (key.allowed_ips.length === 0 || isAddressIn(request.ip, rangesOf(key))) return
  throw new SignatureError(
    'key_address_refused',
    `The key ${key.id} may not be used from ${request.ip}. Add the address to allowed_ips of the key, or call from one that is there.`,
  )
}

function rangesOf(key: ApiKeyForVerification): readonly IpRange[] {
  const known = rangesByKey.get(key)
  if (known) return known
  const ranges = key.allowed_ips.map((text) => {
    const range = parseIpRange(text)
    assert(range, `the key ${key.id} has an unreadable address range`)
    return range
  })
  rangesByKey.set(key, ranges)
  return ranges
}
