import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { statusesOf, statusOf } from './status.table.js'

interface Contract {
  components: { schemas: Record<string, { properties: Record<string, { enum?: string[] }> }> }
}

const contract: Contract = parse(
  readFileSync(join(import.meta.dirname, '../../../../openapi/v1.yaml'), 'utf8'),
)

describe('the status of an object', () => {
  test.each([
    ['payment', 'Payment', 'status'],
    ['refund', 'Refund', 'status'],
    ['bill', 'Bill', 'status'],
    ['checkout', 'Checkout', 'status'],
    ['fee_item', 'FeeItem', 'status'],
    ['channel_account', 'ChannelAccount', 'status'],
    ['channel_health', 'ChannelHealth', 'state'],
    ['channel_check', 'ChannelCheck', 'result'],
    ['webhook_endpoint', 'WebhookEndpoint', 'status'],
    ['webhook_delivery', 'WebhookDelivery', 'status'],
    ['test_clock', 'TestClock', 'status'],
  ])('%s has a word for everything that the API says', (kind, component, field) => {
    const said = contract.components.schemas[component]?.properties[field]?.enum ?? []
    expect(said.length).toBeGreaterThan(1)
    expect(statusesOf(kind).toSorted()).toEqual(said.toSorted())
  })

  test('that nobody knows is shown by its own word', () => {
    expect(statusOf('payment.dreaming', 'en')).toEqual({ tone: 'quiet', word: 'dreaming' })
    expect(statusOf('refund.revoked', 'en').word).toBe('Revoked')
  })
})
