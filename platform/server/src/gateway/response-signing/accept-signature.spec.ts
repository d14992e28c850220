import { describe, expect, test } from '@jest/globals'
import { readAcceptSignature } from './accept-signature.js'

const LIST = '("@status" "content-digest" "@method";req "@target-uri";req)'
const nothingMore = { nonce: null, expires: false, keyid: null }

describe('a wish that is granted', () => {
  test.each([
    [`bursar=${LIST};tag="bursar-response"`, { label: 'bursar', ...nothingMore }],
    [`bursar=${LIST}`, { label: 'bursar', ...nothingMore }],
    ['sig1=("@status");created', { label: 'sig1', ...nothingMore }],
    ['sig1=();created;alg="ed25519"', { label: 'sig1', ...nothingMore }],
    ['a=("@status");nonce="n-1"', { label: 'a', ...nothingMore, nonce: '"n-1"' }],
    ['a=("@status");nonce="a\\"b\\\\c"', { label: 'a', ...nothingMore, nonce: '"a\\"b\\\\c"' }],
    ['a=("@status");expires;keyid="k1"', { label: 'a', nonce: null, expires: true, keyid: 'k1' }],
    ['a=("@status" "date"), b=("@status")', { label: 'b', ...nothingMore }],
  ])('%s', (field, wish) => {
    expect(readAcceptSignature(field)).toEqual(wish)
  })
})

describe('a wish that is not, and does no harm', () => {
  test.each([
    ['nothing', ''],
    ['no structured field', 'bursar=('],
    ['no list', 'bursar="@status"'],
    ['a header that we do not cover', 'a=("@status" "date")'],
    ['the status of a request', 'a=("@status";req)'],
    ['a component of the answer that only a request has', 'a=("@method")'],
    ['a parameter that we do not know', 'a=("content-digest";bs)'],
    ['another tag', `a=${LIST};tag="bursar-request"`],
    ['another algorithm', `a=${LIST};alg="hmac-sha256"`],
    ['a nonce that is no text', `a=${LIST};nonce=5`],
    ['a key that is no text', `a=${LIST};keyid=5`],
    ['a very long one', `a=${LIST};nonce="${'n'.repeat(1100)}"`],
  ])('%s', (_, field) => {
    expect(readAcceptSignature(field)).toBeNull()
  })
})
