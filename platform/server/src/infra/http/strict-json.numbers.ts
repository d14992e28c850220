/** An integer of up to this many characters is always safe: 999999999999999 < 2^53. */
const SAFE_LENGTH = 15

/**
 * Whether a valid JSON number survives becoming a double. An integer beyond 2^53−1 is rounded by
 * `JSON.parse` without a word; so is 1.00000000000000000001, which then even looks like an integer.
 * Up to 17 digits a decimal fraction comes back as it was written, or as near as anyone who printed
 * a double meant it.
 */
export function isExactEnough(number: string): boolean {
  if (number.length <= SAFE_LENGTH && !/e/i.test(number)) return true
  const value = Number(number)
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const [mantissa = '', exponent] = number.toLowerCase().replace('-', '').split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  if (digits === '') return true
  // Too small for a double, so it became zero.
  if (value === 0) return false
  if (fraction === '' && exponent === undefined) return true
  if (digits.replace(/0+$/, '').length > 17) return false
  return !Number.isInteger(value) || isIntegerText(fraction, Number(exponent ?? 0), digits)
}

/** Whether the text itself is an integer: the exponent moves every non-zero digit before the point. */
function isIntegerText(fraction: string, exponent: number, digits: string): boolean {
  const trailingZeros = digits.length - digits.replace(/0+$/, '').length
  return fraction.length - trailingZeros <= exponent
}
