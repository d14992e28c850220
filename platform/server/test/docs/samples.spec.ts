import { describe, expect, test } from '@jest/globals'
import { typeErrors } from './sample-types.js'
import { expectedOutput, samplesIn } from './samples.js'

const page = (...blocks: string[]) => blocks.join('\n\n')
const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\``

describe('a sample', () => {
  test('is found with its language, its place and what is to be done with it', () => {
    const found = samplesIn(
      'a.md',
      page('# A', block('js run file=pay.mjs', 'x()'), block('', 'y')),
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ language: 'js', line: 4, text: 'x()\n' })
    expect([...(found[0]?.options ?? [])]).toEqual([
      ['run', ''],
      ['file', 'pay.mjs'],
    ])
  })

  test('may stand in a list, and hold a fence of its own in a longer one', () => {
    const inList = '1. First\n\n   ```sh run\n   ls\n     -l\n   ```'
    expect(samplesIn('a.md', inList)[0]?.text).toBe('ls\n  -l\n')
    expect(samplesIn('a.md', '````md\n```sh\nls\n```\n````')).toEqual([])
  })

  test('with a misspelt option is refused, and so is one without an end', () => {
    expect(() => samplesIn('a.md', block('js rum', 'x'))).toThrow('a.md:1')
    expect(() => samplesIn('a.md', '```js\nx')).toThrow('has no end')
  })

  test('says what it prints', () => {
    const [sample] = samplesIn(
      'a.md',
      block('js run', 'log(a) // → yes\nlog(b) // no\nlog(c) // → 3 4'),
    )
    expect(sample && expectedOutput(sample)).toEqual(['yes', '3 4'])
  })

  test('that the SDK would not take is found, with its line', () => {
    const wrong = page(
      block('js run', 'const order = { amount: 1 }'),
      block('js run', 'await bursar.payments.create(order)'),
    )
    expect(typeErrors(samplesIn('a.md', wrong))).toEqual([
      expect.stringMatching(/^a\.md:6: .*out_trade_no/),
    ])
    expect(typeErrors(samplesIn('a.md', block('ts', 'bursar.nothing()')))).toHaveLength(1)
    expect(
      typeErrors(samplesIn('a.md', block('ts given=order', 'await bursar.payments.create(order)'))),
    ).toEqual([])
  }, 60_000)
})
