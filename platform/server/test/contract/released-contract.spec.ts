import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import { API_VERSIONS } from '../../src/versions/versions.js'
import { ROOT } from '../support/bursar-command.js'
import { breaksBetween, unansweredBreaks, versionOf } from './contract-diff.js'

const CURRENT = join(ROOT, 'openapi/v1.yaml')
const RELEASED = join(ROOT, 'openapi/released/v1.yaml')

describe('the document', () => {
  test('breaks nothing of what is released, except what a later dated version answers for', async () => {
    const breaks = await breaksBetween(RELEASED, CURRENT)
    expect(unansweredBreaks(breaks, await versionOf(RELEASED))).toEqual([])
  })

  test('is released in a version that this server knows', async () => {
    expect(API_VERSIONS).toContain(await versionOf(RELEASED))
  })
})

// biome-ignore lint/suspicious/noExplicitAny: a plant is a careless edit of the document.
type Loose = any

describe('the guard', () => {
  let folder: string
  let text: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openbursar-contract-'))
    text = await readFile(CURRENT, 'utf8')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** What it says of a document in which something was changed. */
  async function planted(name: string, change: (document: Loose) => void) {
    const document: Loose = parse(text)
    change(document)
    const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.yaml`)
    await writeFile(path, stringify(document, { aliasDuplicateObjects: false }))
    return unansweredBreaks(await breaksBetween(CURRENT, path), document.info.version)
  }

  const schema = (document: Loose, name: string): Loose => document.components.schemas[name]

  test.each<[string, string, (document: Loose) => void]>([
    [
      'a field taken from an answer',
      '#/components/schemas/Payment/properties/subject',
      (document) => {
        const { properties, required } = schema(document, 'Payment')
        delete properties.subject
        required.splice(required.indexOf('subject'), 1)
      },
    ],
    [
      'a new required field of a request',
      '#/components/schemas/CreatePayment/required',
      (document) => {
        schema(document, 'CreatePayment').properties.purpose = { type: 'string' }
        schema(document, 'CreatePayment').required.push('purpose')
      },
    ],
    [
      'a choice taken from a request',
      '#/components/schemas/CreateFeeItem/properties/kind/enum',
      (document) => schema(document, 'CreateFeeItem').properties.kind.enum.pop(),
    ],
    [
      'a status nobody has heard of',
      '#/components/schemas/Payment/properties/status/enum',
      (document) => schema(document, 'Payment').properties.status.enum.push('frozen'),
    ],
    [
      'an address that is gone',
      '#/paths/~1v1~1payments~1{id}~1close',
      (document) => delete document.paths['/v1/payments/{id}/close'],
    ],
  ])('catches %s', async (name, pointer, change) => {
    const breaks = await planted(name, change)
    expect(breaks.map((one) => one.pointer)).toContain(pointer)
  })

  test('lets additions pass: fields, addresses, codes, events, channels', async () => {
    const breaks = await planted('additions', (document) => {
      schema(document, 'Payment').properties.purpose = { type: 'string' }
      schema(document, 'Payment').required.push('purpose')
      schema(document, 'CreatePayment').properties.purpose = { type: 'string' }
      schema(document, 'ErrorCode').enum.push('payment_frozen')
      schema(document, 'EventType').enum.push('payment.frozen')
      schema(document, 'Payment').properties.channel.enum.push('pigeon')
      document.paths['/v1/receipts/{id}'] = document.paths['/v1/payments/{id}']
    })
    expect(breaks).toEqual([])
  })

  test('lets a later dated version break what its changes name, and nothing else', () => {
    const at = (name: string) => ({
      pointer: `#/components/schemas/${name}/properties/failure_code`,
      rules: ['property-removed'],
      message: 'removed',
    })
    const breaks = [at('Payment'), at('PaymentList'), at('Bill')]
    expect(unansweredBreaks(breaks, '2026-12-01')).toEqual([at('PaymentList'), at('Bill')])
    expect(unansweredBreaks(breaks, '2026-12-15')).toEqual(breaks)
  })
})
