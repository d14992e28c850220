const BEIJING_OFFSET_MS = 8 * 60 * 60 * 1000

/** `yyyyMMddHHmmss` in Beijing time; the part of a second is dropped. */
export function toTxnTime(moment: Date): string {
  const local = new Date(moment.getTime() + BEIJING_OFFSET_MS)
  return local.toISOString().slice(0, 19).replace(/\D/g, '')
}

/** Null when it is no moment at all, as 30 February is none. */
export function fromTxnTime(text: string): Date | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)
  if (!parts) return null
  const [, year, month, day, hour, minute, second] = parts
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
  return Number.isNaN(moment.getTime()) || toTxnTime(moment) !== text ? null : moment
}

/** Half a year: a month so much earlier than that of the start belongs to the next year. */
const MONTHS_APART = 6

/** `MMDDhhmmss` has no year: it is the one that brings it closest to `start`, a `yyyyMMdd…`. */
export function fromTraceTime(text: string, start: string): Date | null {
  const year = Number(start.slice(0, 4))
  const months = Number(text.slice(0, 2)) - Number(start.slice(4, 6))
  const years = months < -MONTHS_APART ? 1 : months > MONTHS_APART ? -1 : 0
  return fromTxnTime(`${year + years}${text}`)
}
