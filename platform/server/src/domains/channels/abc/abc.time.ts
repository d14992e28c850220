const SHANGHAI_OFFSET_MS = 8 * 60 * 60 * 1000

export interface WireMoment {
  /** `YYYY/MM/DD` */
  readonly date: string
  /** `HH:mm:ss` */
  readonly time: string
}

/** The bank’s clock stands in Shanghai; the part of a second is dropped, so nothing lives longer. */
export function toWireMoment(moment: Date): WireMoment {
  const iso = new Date(moment.getTime() + SHANGHAI_OFFSET_MS).toISOString()
  return { date: iso.slice(0, 10).replaceAll('-', '/'), time: iso.slice(11, 19) }
}

/** `YYYYMMDDHHmmss` */
export function toWireStamp(moment: Date): string {
  const { date, time } = toWireMoment(moment)
  return (date + time).replaceAll(/[/:]/g, '')
}

/** Null when it names no moment, such as 2026/02/30. */
export function fromWireMoment(date: string, time: string): Date | null {
  if (!/^\d{4}\/\d\d\/\d\d$/.test(date) || !/^\d\d:\d\d:\d\d$/.test(time)) return null
  const moment = new Date(`${date.replaceAll('/', '-')}T${time}+08:00`)
  if (Number.isNaN(moment.getTime())) return null
  const back = toWireMoment(moment)
  return back.date === date && back.time === time ? moment : null
}

export function fromWireStamp(stamp: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp)
  if (!match) return null
  const [, year, month, day, hour, minute, second] = match
  return fromWireMoment(`${year}/${month}/${day}`, `${hour}:${minute}:${second}`)
}
