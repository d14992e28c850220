import { describe, expect, test } from '@jest/globals'
import { hmacSignature, signedContent } from './webhook-signature.rules.js'

describe('the v1 signature', () => {
  test("is the one of the specification's reference vector", () => {
    const content = signedContent(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1_614_265_330,
      '{"test": 2432232314}',
    )
    expect(hmacSignature('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', content)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })
})
