/** The injection token of the clock. */
export const CLOCK = Symbol('clock')

/** That of the clock which shows an app of the sandbox its own time, and the real time to everybody else. */
export const APP_CLOCK = Symbol('app-clock')
