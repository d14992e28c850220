import { expect, test } from '@jest/globals'
import { problemOf } from './attempt-problem.rules.js'

test.each([
  [200, null, undefined],
  [204, null, undefined],
  [302, null, 'redirected'],
  [401, null, 'asks_for_credentials'],
  [418, null, 'refused'],
  [410, null, 'gone'],
  [502, null, 'receiver_failed'],
  [null, 'There was no answer within 15 s.', 'timeout'],
  [null, 'The request failed: ECONNREFUSED.', 'connection_refused'],
  [null, 'The request failed: ENOTFOUND.', 'name_not_resolved'],
  [null, 'The request failed: CERT_HAS_EXPIRED.', 'tls_failed'],
  [null, 'The request failed: DEPTH_ZERO_SELF_SIGNED_CERT.', 'tls_failed'],
  [null, 'intern.example does not resolve to a public address.', 'address_refused'],
  [null, 'The request failed: ECONNRESET.', 'connection_broken'],
  [null, 'The request failed: EWHATEVER.', 'no_answer'],
])('an answer of %p with the error %p means %p', (response_status, error, code) => {
  const problem = problemOf({ response_status, error })
  expect(problem?.code).toBe(code)
  if (problem) expect([problem.en, problem.zh]).toEqual([expect.any(String), expect.any(String)])
})
