/** How an amount is written: the sign apart, so that a page may set it smaller than the digits. */
export interface MoneyText {
  sign: string
  digits: string
}

/**
 * Minor units to text with two decimals, by cutting the decimal digits and never by dividing:
 * a float can't hold every amount that the API may send.
 */
export function formatMinor(amountMinor: bigint, currency: string): MoneyText {
  const isNegative = amountMinor < 0n
  const digits = (isNegative ? -amountMinor : amountMinor).toString().padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  const symbol = currency === 'CNY' ? '¥' : `${currency} `
  return { sign: isNegative ? `−${symbol}` : symbol, digits: `${whole}.${digits.slice(-2)}` }
}

export function moneyText(amountMinor: bigint, currency: string): string {
  const { sign, digits } = formatMinor(amountMinor, currency)
  return sign + digits
}
