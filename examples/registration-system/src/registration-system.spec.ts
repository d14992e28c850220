import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { webhooks } from '@openbursar/sdk'
import { adminFeeOf, COURSES, placesLeft } from './courses.js'
import { Enrolments } from './enrolment.js'
import { statusOf } from './facts.js'
import { html, yuan } from './html.js'
import { Store } from './store.js'
import { applyEvent, receiveWebhook } from './webhook.js'

const [course] = COURSES
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

describe('registration system', () => {
  let folder = ''
  let store = new Store('')
  let id = ''

  /** Events of one enrolment as the platform sends them. */
  const paid = () => ({
    id: 'evt_1',
    type: 'payment.succeeded',
    created_at: '2026-11-22T08:00:00.000Z',
    data: { object: { object: 'payment', id: 'pay_1', checkout: 'chk_1', amount: course?.fee } },
  })
  const refund = (eventId: string, status: string) => ({
    id: eventId,
    type: `refund.${status === 'processing' ? 'created' : status}`,
    created_at: '2026-11-22T09:00:00.000Z',
    data: { object: { object: 'refund', id: 'ref_1', out_refund_no: `${id}-refund`, status } },
  })
  const status = () => statusOf(store.enrolment(id))

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registration-system-'))
    store = new Store(join(folder, 'store.json'))
    const enrolments = new Enrolments({ bursar: null, store, publicUrl: '' })
    id = enrolments.enrol(course, { student_no: '20260001', name: '张三丰' }).id
    store.change(
      (data: { webhook: unknown; enrolments: Record<string, { checkouts: string[] }> }) => {
        data.webhook = { secret }
        data.enrolments[id]?.checkouts.push('chk_1')
      },
    )
  })

  afterEach(() => rm(folder, { recursive: true }))

  test('applies an event once, however often it comes, also after a restart', () => {
    expect(applyEvent(store, paid())).toBe(true)
    expect(applyEvent(store, paid())).toBe(false)
    const restarted = new Store(join(folder, 'store.json'))
    expect(applyEvent(restarted, paid())).toBe(false)
    expect(restarted.enrolment(id)).toMatchObject({
      payment: { id: 'pay_1' },
      events: [{ id: 'evt_1', type: 'payment.succeeded' }],
    })
    expect(status()).toBe('paid')
  })

  test('ends with the truth whatever the order of the events', () => {
    store.change((data: { enrolments: Record<string, { withdrawal?: unknown }> }) => {
      const enrolment = data.enrolments[id]
      if (enrolment) enrolment.withdrawal = { out_refund_no: `${id}-refund` }
    })
    expect(status()).toBe('refunding')
    applyEvent(store, refund('evt_3', 'succeeded'))
    applyEvent(store, refund('evt_2', 'processing'))
    applyEvent(store, paid())
    expect(status()).toBe('refunded')
  })

  test('takes events about things that are not its own without doing anything', () => {
    const stranger = { id: 'evt_9', type: 'bill.paid', data: { object: { object: 'bill' } } }
    expect(applyEvent(store, stranger)).toBe(true)
    expect(status()).toBe('waiting')
  })

  test('believes a webhook with its signature, and none that was touched', async () => {
    const body = JSON.stringify(paid())
    const headers = await webhooks.sign(body, { id: 'evt_1', secret })
    await expect(receiveWebhook(store, `${body} `, headers)).rejects.toMatchObject({
      code: 'webhook_signature_mismatch',
    })
    expect(status()).toBe('waiting')
    await expect(receiveWebhook(store, body, headers)).resolves.toBe(true)
    expect(status()).toBe('paid')
  })

  test('changes nothing when a change throws half-way, and says so when its file is broken', async () => {
    const file = join(folder, 'store.json')
    const before = await readFile(file, 'utf8')
    expect(() =>
      store.change((data: { enrolments: unknown }) => {
        data.enrolments = {}
        throw new Error('half-way')
      }),
    ).toThrow('half-way')
    expect(await readFile(file, 'utf8')).toBe(before)
    expect(status()).toBe('waiting')
    await writeFile(file, '{')
    expect(() => new Store(file)).toThrow(/cannot be read/)
  })

  test('finds enrolments by their own ids only, whatever is typed into the address', () => {
    expect(store.enrolment(id)).toMatchObject({ id })
    for (const typed of ['constructor', '__proto__', 'toString', '']) {
      expect(store.enrolment(typed)).toBeUndefined()
    }
  })

  test('sells no more places than there are, and gives those back who withdrew', () => {
    const tiny = { code: 'tiny', places: 1 }
    const enrolment = { course: 'tiny' }
    expect(placesLeft(tiny, [])).toBe(1)
    expect(placesLeft(tiny, [enrolment, enrolment])).toBe(0)
    expect(placesLeft(tiny, [{ ...enrolment, withdrawal: {} }])).toBe(1)
  })

  test('counts money in whole fen', () => {
    expect([68_000, 19, 9].map(adminFeeOf)).toEqual([6_800, 1, 0])
    expect([0, 5, 68_000].map(yuan)).toEqual(['¥0.00', '¥0.05', '¥680.00'])
  })

  test('escapes what people typed', () => {
    expect(html`<p title="${'"x"'}">${'<b>'}${[html`<i>${'&'}</i>`]}</p>`.toString()).toBe(
      '<p title="&quot;x&quot;">&lt;b&gt;<i>&amp;</i></p>',
    )
  })
})
