import type { KeyType } from './key-material.rules.js'

export type KeyChoice = KeyType | 'rsa_v1_5'
export type Period = 'never' | 'd90' | 'd180' | 'd365'
export type Overlap = 'none' | 'h1' | 'd1' | 'd7' | 'd30'

const DAY_SECONDS = 86_400
export const PERIODS: Readonly<Record<Period, number | null>> = {
  never: null,
  d90: 90,
  d180: 180,
  d365: 365,
}
export const OVERLAPS: Readonly<Record<Overlap, number>> = {
  none: 0,
  h1: 3600,
  d1: DAY_SECONDS,
  d7: 7 * DAY_SECONDS,
  d30: 30 * DAY_SECONDS,
}

export const typeOfChoice = (choice: KeyChoice): KeyType => (choice === 'rsa_v1_5' ? 'rsa' : choice)

export function endOfPeriod(period: Period, now: Date): string | undefined {
  const days = PERIODS[period]
  if (days === null) return undefined
  return new Date(now.getTime() + days * DAY_SECONDS * 1000).toISOString()
}

export function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(/[\s,;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The first line that can't be an address or a range. The server judges the rest. */
export function wrongIp(text: string | undefined): string | null {
  return linesOf(text).find((line) => !isIpRange(line)) ?? null
}

function isIpRange(line: string): boolean {
  const [address = '', prefix, ...rest] = line.split('/')
  if (rest.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return false
  if (address.includes(':')) {
    return /^[0-9a-f:.]+$/i.test(address) && address.split(':').length <= 9
  }
  const parts = address.split('.')
  const isByte = (part: string) => /^\d{1,3}$/.test(part) && Number(part) <= 255
  return parts.length === 4 && parts.every(isByte) && Number(prefix ?? 0) <= 32
}
