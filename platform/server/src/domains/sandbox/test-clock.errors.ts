import { type ErrorSpec, PlatformError } from '../../kernel/errors.js'

export const TEST_CLOCK_ERRORS = {
  test_clock_not_found: { status: 404, retryable: false },
  test_clock_exists: { status: 409, retryable: false },
  test_clock_moved: { status: 409, retryable: true },
  test_clock_backward: { status: 400, retryable: false },
  test_clock_too_far: { status: 400, retryable: false },
} as const satisfies Record<string, ErrorSpec>

export class TestClockError extends PlatformError {
  constructor(code: keyof typeof TEST_CLOCK_ERRORS, message: string, pointer?: string) {
    const errors = pointer === undefined ? [] : [{ pointer, code, detail: message }]
    super(code, TEST_CLOCK_ERRORS[code], message, { errors })
  }
}
