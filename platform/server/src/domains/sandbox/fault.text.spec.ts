import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { toMajorText } from '../../kernel/money.js'
import { FAULT_TEXTS } from './fault.text.js'
import { FAULTS, MAGIC_AMOUNTS } from './simulators/simulator-faults.js'

const PAGE = fileURLToPath(new URL('../../../../../docs/reference/sandbox.md', import.meta.url))
const rows = readFileSync(PAGE, 'utf8')
  .split('\n')
  .filter((line) => /^\| (\d|`)/.test(line))

describe('the page about the sandbox', () => {
  test('names every magic amount with its fault, and no other', () => {
    const expected = Array.from(MAGIC_AMOUNTS, ([amount, fault]) => {
      const { zh, en } = FAULT_TEXTS[fault]
      return `| ${amount} | ${toMajorText(BigInt(amount))} | \`${fault}\` | ${zh} | ${en} |`
    })
    expect(rows.filter((row) => /^\| \d/.test(row))).toEqual(expected)
  })

  test('names the faults that have no amount', () => {
    const expected = FAULTS.filter((fault) => ![...MAGIC_AMOUNTS.values()].includes(fault)).map(
      (fault) => `| \`${fault}\` | ${FAULT_TEXTS[fault].zh} | ${FAULT_TEXTS[fault].en} |`,
    )
    expect(rows.filter((row) => row.startsWith('| `'))).toEqual(expected)
  })
})
