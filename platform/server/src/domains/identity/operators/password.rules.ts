/** NIST SP 800-63B section 5.1.1.2: length is what counts, and nothing that everybody tries first. */
export const PASSWORD_LENGTH_MIN = 12
export const PASSWORD_LENGTH_MAX = 128

const TRIED_FIRST = ['password', 'passw0rd', '123456', 'qwerty', 'letmein', 'admin', 'openbursar']

export type PasswordProblem = 'too_short' | 'too_long' | 'too_common'

/** Why a new password is not good enough; null when it is. */
export function passwordProblem(password: string, login: string): PasswordProblem | null {
  if ([...password].length < PASSWORD_LENGTH_MIN) return 'too_short'
  if (Buffer.byteLength(password) > PASSWORD_LENGTH_MAX) return 'too_long'
  // What is left when that is taken out still has to be a password.
  const known = [...TRIED_FIRST, login.toLowerCase(), login.toLowerCase().split('@')[0] ?? '']
  const left = known
    .filter((word) => word.length >= 4)
    .reduce((text, word) => text.replaceAll(word, ''), password.toLowerCase())
  return new Set(left).size < 5 ? 'too_common' : null
}
