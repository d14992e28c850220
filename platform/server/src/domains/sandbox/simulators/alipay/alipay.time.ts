const SHANGHAI_OFFSET_MS = 8 * 3_600_000

/** `yyyy-MM-dd HH:mm:ss`, GMT+8. */
export function toWireTime(moment: Date): string {
  const local = new Date(moment.getTime() + SHANGHAI_OFFSET_MS)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}

/** Null when the text is not such a time. */
export function fromWireTime(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return null
  const moment = new Date(`${text.replace(' ', 'T')}+08:00`)
  return Number.isNaN(moment.getTime()) ? null : moment
}

export function toWireDay(moment: Date): string {
  return toWireTime(moment).slice(0, 10)
}
