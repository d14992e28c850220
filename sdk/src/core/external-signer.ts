import { BursarConfigurationError } from './errors.js'
import type { BaseSigner, RequestSigner, SignatureAlgorithm } from './signer.js'

/** Curves sign with two numbers of 32 bytes each; any other length is DER, or another curve. */
const CURVES: readonly SignatureAlgorithm[] = ['ed25519', 'ecdsa-p256-sha256', 'sm2-sm3']
const CURVE_SIGNATURE_BYTES = 64

/** A signer of the caller's. A wrong form is told here, where its author can be told the reason. */
export function externalSigner(signer: RequestSigner): BaseSigner {
  return {
    async sign(base) {
      const signature = await signer.sign(base)
      if (CURVES.includes(signer.algorithm) && signature.length !== CURVE_SIGNATURE_BYTES) {
        throw new BursarConfigurationError(
          `signer.sign returned ${signature.length} bytes; ${signer.algorithm} has ${CURVE_SIGNATURE_BYTES}: ` +
            'two numbers of 32 bytes each, not DER',
        )
      }
      return signature
    },
  }
}
