import { randomInt } from 'node:crypto'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Unguessable letters and digits. */
export const randomCode = (length: number): string => pick(LETTERS, length)

/** 21 digits: when, and something random. */
export const newQueryId = (txnTime: string): string => txnTime.slice(2) + pick('0123456789', 9)

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
