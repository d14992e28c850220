import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'

export const SIMULATION_ERRORS = {
  simulation_not_possible: { status: 409, retryable: false },
  simulator_unavailable: { status: 503, retryable: true },
} as const satisfies Record<string, ErrorSpec>

export class SimulationError extends PlatformError {
  constructor(code: keyof typeof SIMULATION_ERRORS, message: string, cause?: unknown) {
    super(code, SIMULATION_ERRORS[code], message, { cause })
  }
}
