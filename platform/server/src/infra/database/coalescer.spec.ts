import { describe, expect, test } from '@jest/globals'
import { Coalescer } from './coalescer.js'

interface Row {
  readonly group: string
  readonly value: number
}

const rows = (count: number, group = 'a'): Row[] =>
  Array.from({ length: count }, (_, value) => ({ group, value }))

const refusal = (code: string) => Object.assign(new Error(`refused with ${code}`), { code })

/** A writer whose statements are answered when the test says so, or at once. */
function makeWriter(options: { readonly isManual?: boolean } = {}) {
  const batches: Row[][] = []
  const release: (() => void)[] = []
  let fail: (batch: readonly Row[]) => Error | null = () => null
  const writer = new Coalescer<Row, number>({
    groupOf: (row) => row.group,
    async run(batch) {
      batches.push([...batch])
      if (options.isManual) await new Promise<void>((resolve) => release.push(resolve))
      const error = fail(batch)
      if (error) throw error
      return batch.map((row) => row.value * 10)
    },
  })
  return {
    writer,
    batches,
    release: () => release.shift()?.(),
    failWhen(rule: typeof fail) {
      fail = rule
    },
    sizes: () => batches.map((batch) => batch.length),
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const submitAll = (writer: Coalescer<Row, number>, all: readonly Row[]) =>
  all.map((row) => writer.submit(row))

describe('Coalescer', () => {
  test('writes what arrives together in one statement, and answers each row its own result', async () => {
    const { writer, sizes } = makeWriter()
    const results = await Promise.all(submitAll(writer, rows(5)))
    expect(results).toEqual([0, 10, 20, 30, 40])
    expect(sizes()).toEqual([5])
  })

  test('never mixes groups in one statement', async () => {
    const { writer, batches } = makeWriter()
    await Promise.all(submitAll(writer, [...rows(2, 'a'), ...rows(2, 'b'), ...rows(1, 'a')]))
    expect(batches.map((batch) => batch.map(({ group }) => group).join(''))).toEqual(['aaa', 'bb'])
  })

  test('has two statements under way at most; what arrives meanwhile travels together', async () => {
    const { writer, sizes, release } = makeWriter({ isManual: true })
    const first = writer.submit({ group: 'a', value: 1 })
    await turn()
    const second = writer.submit({ group: 'a', value: 2 })
    await turn()
    const rest = submitAll(writer, rows(30))
    await turn()
    expect(sizes()).toEqual([1, 1])
    release()
    await first
    await turn()
    expect(sizes()).toEqual([1, 1, 30])
    release()
    release()
    expect(await second).toBe(20)
    expect(await Promise.all(rest)).toHaveLength(30)
  })

  test('lets no busy group starve another', async () => {
    const { writer, batches, release } = makeWriter({ isManual: true })
    const busy = submitAll(writer, rows(1_000, 'busy'))
    const quiet = writer.submit({ group: 'quiet', value: 7 })
    for (let step = 0; step < 8; step++) {
      await turn()
      release()
      await turn()
    }
    expect(await quiet).toBe(70)
    expect(await Promise.all(busy)).toHaveLength(1_000)
    expect(batches.findIndex(([row]) => row?.group === 'quiet')).toBeLessThanOrEqual(1)
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(200)
  })

  test.each(['22P02', '23505', '40P01'])(
    'lets one bad row fail alone, with its own error, after %s',
    async (code) => {
      const { writer, failWhen, sizes } = makeWriter()
      failWhen((batch) => (batch.some(({ value }) => value === 77) ? refusal(code) : null))
      const settled = await Promise.allSettled(submitAll(writer, rows(100)))
      const failed = settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))
      expect(failed).toEqual([77])
      expect(settled[77]).toMatchObject({ reason: { code } })
      expect(sizes().length).toBeLessThan(20)
    },
  )

  test.each(['57P01', 'ECONNRESET', ''])(
    'sends nothing again after %p, because it may have been committed',
    async (code) => {
      const { writer, failWhen, sizes } = makeWriter()
      failWhen(() => refusal(code))
      const settled = await Promise.allSettled(submitAll(writer, rows(10)))
      expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
      expect(sizes()).toEqual([10])
      failWhen(() => null)
      expect(await writer.submit({ group: 'a', value: 1 })).toBe(10)
    },
  )

  test('rejects a row for which the statement gave no result', async () => {
    const writer = new Coalescer<Row, number>({
      groupOf: (row) => row.group,
      run: async () => [1],
    })
    const [first, second] = submitAll(writer, rows(2))
    expect(await first).toBe(1)
    await expect(second).rejects.toThrow('no result')
  })
})
