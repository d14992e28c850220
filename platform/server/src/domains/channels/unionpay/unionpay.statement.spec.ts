import { describe, expect, test } from '@jest/globals'
import { money } from '../../../kernel/money.js'
import type { StatementLine } from '../channel.port.js'
import { mapStatement, toFileRequest } from './unionpay.statement.js'
import {
  MERCHANT_ID,
  PAID,
  REFUNDED,
  toFileContent,
  ZM_PAYMENT,
  ZM_REFUND,
  zmLine,
} from './unionpay-fixture.conformance.js'

const DAY = '2026-12-01'
const NAME = `INN26120188ZM_${MERCHANT_ID}`
const unknown = { kind: 'unknown', reason: expect.stringMatching(/./) }

const read = (fields: Record<string, string>, now = new Date('2026-12-02T04:00:00Z')) =>
  mapStatement(
    { kind: 'believed', fields: { ...PAID, settleDate: '1201', ...fields } },
    { day: DAY, merchantId: MERCHANT_ID, now },
  )
const readFile = async (content: Uint8Array): Promise<readonly StatementLine[]> => {
  const result = await read({ fileContent: toFileContent({ [NAME]: content }) })
  if (result.kind !== 'ready') throw new Error(result.kind)
  const lines: StatementLine[] = []
  for await (const line of result.lines) lines.push(line)
  return lines
}
const readLine = async (fields: Record<number, string>) => (await readFile(zmLine(fields)))[0]

describe('the request for a statement', () => {
  test('names the day and no order', () => {
    expect(toFileRequest(DAY, '20261202120000')).toEqual({
      ...{ txnType: '76', txnSubType: '01', bizType: '000000' },
      ...{ txnTime: '20261202120000', settleDate: '1201', fileType: '00' },
    })
  })
})

describe('a statement', () => {
  test('is read line by line, payments and refunds', async () => {
    const file = Buffer.concat([
      ...[zmLine(ZM_PAYMENT), Buffer.from('\r\n'), zmLine(ZM_REFUND), Buffer.from('\n')],
    ])
    expect(await readFile(file)).toEqual([
      {
        ...{ kind: 'payment', line_no: 1, order_no: PAID.orderId, transaction_no: PAID.queryId },
        ...{ amount: money(12_345n, 'CNY'), fee: 74n },
        occurred_at: new Date('2026-12-01T02:31:12Z'),
      },
      {
        ...{ kind: 'refund', line_no: 2, order_no: PAID.orderId, refund_no: REFUNDED.orderId },
        ...{ transaction_no: REFUNDED.queryId, amount: money(345n, 'CNY'), fee: -2n },
        occurred_at: new Date('2026-12-01T02:31:12Z'),
      },
    ])
  })

  test.each([
    ['of another merchant', { 28: '777290058110098' }, 'it is about another merchant'],
    ['of another kind', { 20: '31' }, 'its txnType "31" is not followed here'],
    ['with a broken amount', { 7: '12.345' }, 'its time, amount or fee is none'],
    ['with a broken fee', { 16: '74' }, 'its time, amount or fee is none'],
    ['with a broken time', { 5: '1301000000' }, 'its time, amount or fee is none'],
    ['without a number', { 12: '' }, 'it has no number'],
    ['of a refund of nothing', { 20: '04' }, 'it does not name the refunded order'],
  ])('keeps a line %s as it came', async (_name, changes, reason) => {
    expect(await readLine({ ...ZM_PAYMENT, ...changes })).toEqual({
      ...{ kind: 'unreadable', line_no: 1, reason },
      text: expect.stringContaining('示范大学'),
    })
  })

  test('keeps a line whose fields moved as it came, and goes on', async () => {
    const moved = Buffer.concat([Buffer.from('x'), zmLine(ZM_PAYMENT)])
    const cut = zmLine(ZM_PAYMENT).subarray(0, 300)
    const file = Buffer.concat([
      moved,
      Buffer.from('\n'),
      cut,
      Buffer.from('\n'),
      zmLine(ZM_PAYMENT),
    ])
    const lines = await readFile(file)
    expect(lines.map(({ kind }) => kind)).toEqual(['unreadable', 'unreadable', 'payment'])
    expect(lines.map(({ line_no }) => line_no)).toEqual([1, 2, 3])
  })

  test('without lines is empty', async () => {
    const fileContent = toFileContent({ [NAME]: Buffer.from('\r\n') })
    expect(await read({ fileContent })).toEqual({ kind: 'empty' })
  })

  test('that UnionPay has not got is not ready for two days, and then empty', async () => {
    const at = (now: string) => read({ respCode: '98' }, new Date(now))
    expect((await at('2026-12-01T20:00:00Z')).kind).toBe('not_ready')
    expect((await at('2026-12-03T16:00:00Z')).kind).toBe('not_ready')
    expect((await at('2026-12-03T16:00:01Z')).kind).toBe('empty')
  })

  test('that does not unpack, is of another day, or was refused is unknown', async () => {
    const fileContent = toFileContent({ [NAME]: zmLine(ZM_PAYMENT) })
    expect(await read({ fileContent: 'AAAA' })).toEqual(unknown)
    expect(await read({ fileContent: fileContent.slice(0, -16) })).toEqual(unknown)
    expect(await read({ fileContent: toFileContent({ 'readme.txt': new Uint8Array(1) }) })).toEqual(
      unknown,
    )
    expect(await read({ fileContent, settleDate: '1130' })).toEqual(unknown)
    expect(await read({ fileContent, respCode: '11' })).toEqual(unknown)
    expect(await read({})).toEqual(unknown)
  })

  test('of thousands of lines is read in order', async () => {
    const line = Buffer.concat([zmLine(ZM_PAYMENT), Buffer.from('\n')])
    const lines = await readFile(Buffer.concat(Array.from({ length: 5_000 }, () => line)))
    expect(lines).toHaveLength(5_000)
    expect(lines.at(-1)).toMatchObject({ kind: 'payment', line_no: 5_000 })
  })
})
