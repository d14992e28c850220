import { describe, expect, test } from '@jest/globals'
import type { Overview } from '@openbursar/sdk'
import {
  chartPoints,
  mainCurrency,
  millisecondsText,
  rateText,
  spanQuery,
} from './overview.rules.js'

type Bucket = Overview['buckets'][number]

const span: Omit<Bucket, 'start'> = {
  payments_created: 0,
  payments_ended: 0,
  succeeded: [],
  refunded: [],
  success_rate: null,
  time_to_success: { count: 0, median_ms: null, p95_ms: null },
  api: null,
}

function overview(interval: Overview['interval'], buckets: Bucket[]): Overview {
  return {
    object: 'overview',
    livemode: false,
    from: '2026-11-22T00:00:00.000Z',
    to: '2026-11-23T00:00:00.000Z',
    interval,
    time_zone: 'Asia/Shanghai',
    total: { ...span, succeeded: buckets.flatMap(({ succeeded }) => succeeded) },
    buckets,
    channels: [],
    payment_failures: [],
    api_errors: [],
    webhooks: [],
  }
}

describe('the points of a chart', () => {
  const money = [
    { currency: 'CNY', count: 3, amount: 680_001 },
    { currency: 'USD', count: 1, amount: 999 },
  ]
  const start = '2026-11-22T16:00:00.000Z'

  test('hold the exact amount of one currency, and the time as it is in Beijing', () => {
    const all = overview('hour', [{ ...span, start, succeeded: money }])
    expect(mainCurrency(all)).toBe('CNY')
    expect(chartPoints(all, 'CNY')).toMatchObject([
      { label: '00:00', amountMinor: 680_001n, height: 6800.01, count: 3, p95: null },
    ])
    expect(chartPoints(all, 'USD')[0]?.amountMinor).toBe(999n)
  })

  test('are named by the day when each is one', () => {
    expect(chartPoints(overview('day', [{ ...span, start }]), 'CNY')).toMatchObject([
      { label: '11-23', amountMinor: 0n, count: 0 },
    ])
  })
})

describe('a rate', () => {
  test.each([
    [null, '—'],
    [1, '100%'],
    [0.9999, '99.9%'],
    [0.5, '50.0%'],
    [0, '0.0%'],
  ])('of %p is written %p', (rate, text) => expect(rateText(rate)).toBe(text))
})

test.each([
  [null, '—'],
  [12.4, '12 ms'],
  [1500, '1.5 s'],
  [90_000, '1.5 min'],
])('%p milliseconds are written %p', (time, text) => expect(millisecondsText(time)).toBe(text))

test('a day is asked for by the hour, anything longer by the day', () => {
  const now = new Date('2026-11-23T10:30:00Z')
  expect(spanQuery('day', now)).toEqual({ from: '2026-11-22T11:30:00.000Z', interval: 'hour' })
  expect(spanQuery('month', now).interval).toBe('day')
})
