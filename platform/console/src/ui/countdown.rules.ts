const SECOND_MS = 1_000
const DAY_MS = 86_400_000
/** Two samples of the server's clock that differ less than this are the same clock. */
const CLOCK_JITTER_MS = 1_500
const URGENT_MS = 60_000

/** What a device knows about the server's clock: add `offsetMs` to the device's own. */
export interface ClockSample {
  offsetMs: number
  roundTripMs: number
}

/** The server read its clock somewhere between our asking and its answer: assume the middle. */
export function sampleClock(
  serverTime: string,
  askedAtMs: number,
  answeredAtMs: number,
): ClockSample {
  const middleMs = askedAtMs + (answeredAtMs - askedAtMs) / 2
  return { offsetMs: Date.parse(serverTime) - middleMs, roundTripMs: answeredAtMs - askedAtMs }
}

/**
 * Keeps the sample taken over the quickest round trip, so that the countdown doesn't jump back and
 * forth by a second with every poll, unless the device's clock was moved meanwhile.
 */
export function chooseClock(known: ClockSample | null, fresh: ClockSample): ClockSample {
  if (known === null) return fresh
  if (Math.abs(known.offsetMs - fresh.offsetMs) > CLOCK_JITTER_MS) return fresh
  return fresh.roundTripMs < known.roundTripMs ? fresh : known
}

export type Deadline =
  | { kind: 'none' }
  | { kind: 'far' }
  | { kind: 'near'; clock: string; isUrgent: boolean }
  | { kind: 'over' }

/** More than a day ahead a date says more than a running clock. */
export function deadlineOf(expiresAt: string | null, nowMs: number): Deadline {
  if (expiresAt === null) return { kind: 'none' }
  const remainingMs = Date.parse(expiresAt) - nowMs
  if (remainingMs <= 0) return { kind: 'over' }
  if (remainingMs > DAY_MS) return { kind: 'far' }
  return { kind: 'near', clock: clockText(remainingMs), isUrgent: remainingMs <= URGENT_MS }
}

/** Rounds up: while "00:01" stands there, there is still time to pay. */
export function clockText(remainingMs: number): string {
  const totalSeconds = Math.ceil(Math.max(0, remainingMs) / SECOND_MS)
  const hours = Math.floor(totalSeconds / 3_600)
  const minutes = Math.floor((totalSeconds % 3_600) / 60)
  const parts = [minutes, totalSeconds % 60].map((part) => String(part).padStart(2, '0'))
  return hours > 0 ? [hours, ...parts].join(':') : parts.join(':')
}
