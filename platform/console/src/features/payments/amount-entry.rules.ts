export type AmountEntry =
  | { readonly kind: 'amount'; readonly amountMinor: bigint }
  | { readonly kind: 'not_a_number' | 'too_much' }

/** Yuan as people write them, with two decimals at most; digits only, never by way of a float. */
const YUAN = /^(\d{1,14})(?:\.(\d{1,2}))?$/

/** Reads an amount in yuan of which at most `maximumMinor` is allowed. */
export function readAmount(text: string, maximumMinor: bigint): AmountEntry {
  const [, whole, decimals = ''] = YUAN.exec(text.trim().replaceAll(',', '')) ?? []
  if (whole === undefined) return { kind: 'not_a_number' }
  const amountMinor = BigInt(whole + decimals.padEnd(2, '0'))
  if (amountMinor === 0n) return { kind: 'not_a_number' }
  return amountMinor > maximumMinor ? { kind: 'too_much' } : { kind: 'amount', amountMinor }
}

/** The other way round, to fill the field in. */
export function yuanText(amountMinor: bigint): string {
  const digits = amountMinor.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
