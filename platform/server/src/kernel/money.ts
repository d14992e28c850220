import { assert } from './assert.js'

/** The largest amount the wire can carry exactly as a JSON integer (RFC 8259 section 6). */
export const AMOUNT_MAX = BigInt(Number.MAX_SAFE_INTEGER)

/** An amount in minor units (fen) and its ISO 4217 currency. Never a float, never a bare number. */
export interface Money {
  readonly minor: bigint
  readonly currency: string
}

export function money(minor: bigint, currency: string): Money {
  assert(/^[A-Z]{3}$/.test(currency), `not an ISO 4217 currency: ${currency}`)
  return { minor, currency }
}

export function isSameMoney(left: Money, right: Money): boolean {
  return left.minor === right.minor && left.currency === right.currency
}

export function addMoney(left: Money, right: Money): Money {
  assertSameCurrency(left, right)
  return { minor: left.minor + right.minor, currency: left.currency }
}

export function subtractMoney(left: Money, right: Money): Money {
  assertSameCurrency(left, right)
  return { minor: left.minor - right.minor, currency: left.currency }
}

/** The wire form: an integer of minor units. Fails rather than rounding. */
export function toWireAmount(minor: bigint): number {
  assert(minor >= -AMOUNT_MAX && minor <= AMOUNT_MAX, 'an amount on the wire is at most 2^53-1')
  return Number(minor)
}

/** A yuan text with two decimals such as "12.50", for channels and people. String arithmetic only. */
export function toMajorText(minor: bigint): string {
  assert(minor >= 0n, 'a negative amount is never shown to a channel or a payer')
  const digits = minor.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Reads "12.50", "12.5" or "12" as minor units; null when it is none of these. */
export function parseMajorText(text: string): bigint | null {
  const match = /^(\d{1,15})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) return null
  const [, whole = '0', fraction = ''] = match
  return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'))
}

function assertSameCurrency(left: Money, right: Money): void {
  assert(left.currency === right.currency, `${left.currency} and ${right.currency} do not add up`)
}
