const SHANGHAI_OFFSET_MS = 8 * 60 * 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000
/** UnionPay's file of a day is there at this hour of the next. */
const FILE_HOUR = 9

/** `yyyyMMddHHmmss`, Beijing time. */
export function toTxnTime(moment: Date): string {
  const local = new Date(moment.getTime() + SHANGHAI_OFFSET_MS).toISOString()
  return local.slice(0, 19).replace(/\D/g, '')
}

/** Null when it is no such time, the 31st of February among them. */
export function fromTxnTime(text: string): Date | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text) ?? []
  if (year === undefined) return null
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
  return !Number.isNaN(moment.getTime()) && toTxnTime(moment) === text ? moment : null
}

/** `MMDDhhmmss` */
export const toTraceTime = (moment: Date): string => toTxnTime(moment).slice(4)

/** `MMDD` */
export const toSettleDate = (moment: Date): string => toTxnTime(moment).slice(4, 8)

/** `yyyyMMdd` */
export const toDay = (moment: Date): string => toTxnTime(moment).slice(0, 8)

/** The latest day, `yyyyMMdd`, that is written so and whose file exists by now; null when there is none. */
export function dayOfFile(settleDate: string, now: Date): string | null {
  const lastReady = new Date(now.getTime() - DAY_MS - FILE_HOUR * 60 * 60 * 1000)
  for (let back = 0; back < 366; back += 1) {
    const day = toDay(new Date(lastReady.getTime() - back * DAY_MS))
    if (day.slice(4) === settleDate) return isNear(day, now) ? day : null
  }
  return null
}

/** A file is kept for half a year: an older day is meant to be a coming one, which has none yet. */
function isNear(day: string, now: Date): boolean {
  const moment = fromTxnTime(`${day}000000`)
  return moment !== null && now.getTime() - moment.getTime() < 183 * DAY_MS
}
