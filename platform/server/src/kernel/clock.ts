/** Time as a dependency, so that tests and the sandbox can move it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  constructor(private current: Date) {}

  now(): Date {
    return new Date(this.current)
  }

  advance(milliseconds: number): void {
    this.current = new Date(this.current.getTime() + milliseconds)
  }
}

const businessDateFormats = new Map<string, Intl.DateTimeFormat>()

/** The business day (对账日) of a moment, `YYYY-MM-DD`, in the institution's time zone. */
export function businessDate(moment: Date, timeZone = 'Asia/Shanghai'): string {
  let format = businessDateFormats.get(timeZone)
  if (!format) {
    // en-CA writes ISO 8601 dates.
    format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
    businessDateFormats.set(timeZone, format)
  }
  return format.format(moment)
}
