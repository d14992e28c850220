import { describe, expect, test } from '@jest/globals'
import { copyLine, copyText } from './copy-text.js'

describe('copyText', () => {
  const long = 'x'.repeat(100)
  test.each([
    ['plain', 'plain'],
    ['费', '费'],
    ['', ''],
    ['\\N', '\\\\N'],
    ['a\tb', 'a\\tb'],
    ['a\r\nb', 'a\\r\\nb'],
    ['a\0b', 'a\ufffdb'],
    [`${long}\n${long}`, `${long}\\n${long}`],
    [`${long}\n\\`, `${long}\\n\\\\`],
    [`${long}\t`, `${long}\\t`],
  ])('writes %j so that COPY reads it back', (text, written) => {
    expect(copyText(text)).toBe(written)
  })

  test('writes what is no text', () => {
    const moment = new Date('2026-11-22T00:00:00.000Z')
    expect(copyLine([null, true, false, 1, moment, Buffer.from('ab')])).toBe(
      '\\N\tt\tf\t1\t2026-11-22T00:00:00.000Z\t\\\\x6162\n',
    )
  })
})
