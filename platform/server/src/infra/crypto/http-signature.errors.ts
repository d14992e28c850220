/**
 * - `malformed`: a field that is not what RFC 9421, or our stricter reading of it, allows;
 * - `ambiguous`: two readings are possible, so neither is taken;
 * - `component_absent`: the signature covers something that the message does not have.
 */
export type HttpSignatureProblem = 'malformed' | 'ambiguous' | 'component_absent'

/** Why a message's signature base cannot be built. Whoever reads the message gives it a status. */
export class HttpSignatureError extends Error {
  override readonly name = 'HttpSignatureError'

  constructor(
    readonly problem: HttpSignatureProblem,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}
