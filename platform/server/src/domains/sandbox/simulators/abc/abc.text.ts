import { randomInt } from 'node:crypto'

const BEIJING_OFFSET_MS = 8 * 3_600_000
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The bank writes days and times apart, in Beijing time. */
export function toBankTime(moment: Date): { readonly date: string; readonly time: string } {
  const local = new Date(moment.getTime() + BEIJING_OFFSET_MS).toISOString()
  return { date: local.slice(0, 10).replaceAll('-', '/'), time: local.slice(11, 19) }
}

/** `YYYYMMDDHHmmss` */
export function toDigits(moment: Date): string {
  const { date, time } = toBankTime(moment)
  return `${date}${time}`.replace(/\D/g, '')
}

/** Null when the digits are no moment. */
export function fromDigits(text: string): Date | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (!parts) return null
  const [, year, month, day, hour, minute, second] = parts
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
  return Number.isNaN(moment.getTime()) ? null : moment
}

/** Unguessable letters and digits. */
export function randomText(length: number): string {
  return pick(ALPHANUMERIC, length)
}

export function randomDigits(length: number): string {
  return pick('0123456789', length)
}

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
}
