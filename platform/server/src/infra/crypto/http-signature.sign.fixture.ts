import { constants, type KeyObject, sign } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'
import { type BareItem, serializeInnerList } from 'structured-headers'
import type { CoveredComponent, SignatureInput } from './http-signature.fields.js'
import type { SignatureAlgorithm } from './http-signature.verify.js'
import { SM2_USER_ID } from './sm2.js'

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
    case 'sm2-sm3':
      return signSm2(key, base)
  }
}

/** The secret number stands after `0201010420` in the ECPrivateKey (RFC 5915) of a PKCS #8 key. */
function signSm2(key: KeyObject, base: Buffer): Buffer {
  const der = key.export({ format: 'der', type: 'pkcs8' })
  const at = der.indexOf(Buffer.from('0201010420', 'hex')) + 5
  const secret = der.subarray(at, at + 32).toString('hex')
  const options = { hash: true, userId: SM2_USER_ID }
  return Buffer.from(sm2.doSignature(base, secret, options), 'hex')
}
