const SHANGHAI_OFFSET_MINUTES = 480

export interface InstantOptions {
  /** Payments carry seconds, as the channel's own record does; deadlines don't need them. */
  withSeconds: boolean
  /** The device's distance from UTC; elsewhere than in China the zone is named. */
  deviceOffsetMinutes: number
  zoneName: string
}

/** Writes an instant in Beijing time, the one that the channel's record and the books use. */
export function formatInstant(instant: string, options: InstantOptions): string {
  const shifted = new Date(Date.parse(instant) + SHANGHAI_OFFSET_MINUTES * 60_000).toISOString()
  const text = `${shifted.slice(0, 10)} ${shifted.slice(11, options.withSeconds ? 19 : 16)}`
  const isElsewhere = options.deviceOffsetMinutes !== SHANGHAI_OFFSET_MINUTES
  return isElsewhere ? `${text} (${options.zoneName})` : text
}
