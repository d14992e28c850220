import { generateSecret, generateURI, verifySync } from 'otplib'

/** A phone's clock may be one step off, either way (RFC 6238 section 5.2). */
const TOLERANCE_SECONDS = 30
const CODE_PATTERN = /^\d{6}$/

export const newTotpSecret = (): string => generateSecret()

/** What the QR code says to an authenticator. */
export function totpAddress(secret: string, login: string, issuer: string): string {
  return generateURI({ issuer, label: login, secret })
}

/**
 * The time step of a right code; null for a wrong one, and for one of a step that was used before: a code that
 * somebody looked over a shoulder is worth nothing.
 */
export function acceptedStep(
  secret: string,
  code: string,
  now: Date,
  lastStep: bigint | null,
): bigint | null {
  const token = code.replaceAll(/\s/g, '')
  if (!CODE_PATTERN.test(token)) return null
  const epoch = Math.floor(now.getTime() / 1000)
  const checked = verifySync({ secret, token, epoch, epochTolerance: TOLERANCE_SECONDS })
  if (!checked.valid || !('timeStep' in checked)) return null
  const step = BigInt(checked.timeStep)
  return lastStep !== null && step <= lastStep ? null : step
}
