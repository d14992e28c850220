import { afterEach, describe, expect } from '@jest/globals'
import { Bursar } from '@openbursar/sdk'
import { createSandbox } from '@openbursar/sdk/testing'
import { Contract } from '../../../platform/server/test/support/contract.js'
import { describeTime } from './clock-scenarios.js'
import { describePayments } from './payment-scenarios.js'
import { describeProtocol } from './protocol-scenarios.js'
import { describeRefunds } from './refund-scenarios.js'
import type { ScenarioWorld } from './scenario-world.js'

// The same scenarios run against the platform: sandbox-scenarios.e2e.spec.ts of the server.
const contract = Contract.read()
const violations: string[] = []

afterEach(() => {
  expect(violations.splice(0)).toEqual([])
})

async function open(): Promise<ScenarioWorld> {
  const sandbox = createSandbox()
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await sandbox.fetch(input, init)
    const { headers, status } = response
    const text = await response.clone().text()
    const url = input instanceof Request ? input.url : String(input)
    const answer = { status, headers, text }
    if (!url.includes('/.well-known/')) {
      violations.push(...contract.violationsOf(init?.method ?? 'GET', url, answer))
    }
    return response
  }
  const clientOf = (key: { keyId: string; privateKey: string }) =>
    new Bursar({ ...key, baseUrl: sandbox.baseUrl, fetch })
  const own = sandbox.newKey()
  return {
    bursar: clientOf(own),
    baseUrl: sandbox.baseUrl,
    fetch,
    ...own,
    departmentId: sandbox.departmentId,
    webhookPublicKey: sandbox.webhookPublicKey,
    secondPerson: async () => clientOf(sandbox.newKey()),
    restricted: async (scopes) => clientOf(sandbox.newKey({ scopes })),
    receiver: {
      url: 'https://shop.example.edu/hooks',
      received: async () => sandbox.webhooks.map(({ body, headers }) => ({ body, headers })),
    },
    async until(ask, isGood) {
      await sandbox.settle()
      const answer = await ask()
      expect(isGood(answer) ? 'good' : answer).toBe('good')
      return answer
    },
  }
}

describe('the in-process sandbox', () => {
  describePayments(open)
  describeRefunds(open)
  describeProtocol(open)
  describeTime(open)
})
