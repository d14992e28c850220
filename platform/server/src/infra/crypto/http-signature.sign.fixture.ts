import { constants, type KeyObject, sign } from 'node:crypto'
import { type BareItem, serializeInnerList } from 'structured-headers'
import type { CoveredComponent, SignatureInput } from './http-signature.fields.js'
import type { SignatureAlgorithm } from './http-signature.verify.js'

/** RFC 9421 section 3.3.1: the salt is as long as the hash. */
const PSS_SALT_BYTES = 64

/** What `buildSignatureBase` needs to know of a signature that is about to be made. */
export function composeSignatureInput(
  components: readonly CoveredComponent[],
  parameters: Readonly<Record<string, string | number>>,
): Pick<SignatureInput, 'components' | 'serialized'> {
  const serialized = serializeInnerList([
    components.map(({ name, isFromRequest }) => [
      name,
      new Map<string, BareItem>(isFromRequest ? [['req', true]] : []),
    ]),
    new Map<string, BareItem>(Object.entries(parameters)),
  ])
  return { components, serialized }
}

/** Signs a signature base with a private key of the platform. */
export function signWithKey(algorithm: SignatureAlgorithm, key: KeyObject, base: Buffer): Buffer {
  switch (algorithm) {
    case 'ed25519':
      return sign(null, base, key)
    case 'ecdsa-p256-sha256':
      return sign('sha256', base, { key, dsaEncoding: 'ieee-p1363' })
    case 'rsa-pss-sha512': {
      const padding = constants.RSA_PKCS1_PSS_PADDING
      return sign('sha512', base, { key, padding, saltLength: PSS_SALT_BYTES })
    }
    case 'rsa-v1_5-sha256':
      return sign('sha256', base, { key, padding: constants.RSA_PKCS1_PADDING })
  }
}
