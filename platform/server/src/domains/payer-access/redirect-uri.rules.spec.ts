import { expect, test } from '@jest/globals'
import { redirectUriProblem } from './redirect-uri.rules.js'

test.each([
  ['https://app.example.edu/callback', true],
  ['https://app.example.edu/callback?tenant=1', true],
  ['https://app.example.edu:8443/', false],
  ['http://localhost:8080/callback', false],
  ['http://127.0.0.1/callback', false],
  ['http://[::1]:3000/callback', false],
])('%s may be registered (live: %p)', (uri, livemode) => {
  expect(redirectUriProblem(uri, livemode)).toBeNull()
})

test.each([
  ['/callback', false],
  ['http://app.example.edu/callback', false],
  ['http://localhost:8080/callback', true],
  ['http://localhost.evil.example/callback', false],
  ['https://app.example.edu/callback#part', false],
  ['https://user:secret@app.example.edu/', false],
  ['https://*.example.edu/', false],
  ['https://app.example.edu/a/../callback', false],
  ['https://APP.example.edu/callback', false],
  ['https://app.example.edu', false],
  ['javascript:alert(1)', false],
  ['data:text/html,hello', false],
  ['myapp://callback', false],
  [`https://app.example.edu/${'a'.repeat(512)}`, false],
])('%s is refused (live: %p)', (uri, livemode) => {
  expect(redirectUriProblem(uri, livemode)).not.toBeNull()
})
