import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { webhooks } from '@openbursar/sdk'
import { fastify as newFastify } from 'fastify'

const sdk = resolve(import.meta.dirname, '..')
const secret = `whsec_${Buffer.from('a secret of enough bytes').toString('base64')}`

/** The README's JavaScript, run with these names in reach; its TypeScript is compiled in package.spec.ts. */
function runSample(names: Readonly<Record<string, unknown>>): void {
  const readme = readFileSync(join(sdk, 'README.md'), 'utf8')
  const [sample, ...more] = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1])
  expect(more).toEqual([])
  new Function(...Object.keys(names), sample ?? '')(...Object.values(names))
}

async function genuine() {
  const body = JSON.stringify({ id: 'evt_1', type: 'bill.paid', data: { object: {} } }, null, 2)
  const signed = await webhooks.sign(body, { id: 'evt_1', secret })
  return { body, headers: { 'content-type': 'application/json', ...signed } }
}

type ExpressHandler = (request: object, response: { sendStatus(status: number): void }) => unknown

describe('the samples of plain JavaScript', () => {
  test('verify the raw body on Express and on Fastify', async () => {
    const fastify = newFastify()
    let handler: ExpressHandler | undefined
    const app = {
      post: (_: string, __: unknown, given: ExpressHandler) => {
        handler = given
      },
    }
    runSample({ app, express: { raw: () => undefined }, fastify, webhooks, secret })

    const { body, headers } = await genuine()
    let status = 0
    const sendStatus = (sent: number) => {
      status = sent
    }
    await handler?.({ headers, body: Buffer.from(body) }, { sendStatus })
    expect(status).toBe(204)
    const forged = handler?.({ headers, body: Buffer.from(`${body} `) }, { sendStatus })
    await expect(forged).rejects.toMatchObject({ code: 'webhook_signature_mismatch' })

    const answer = await fastify.inject({ method: 'POST', url: '/hooks', headers, payload: body })
    expect(answer.statusCode).toBe(204)
    const refused = await fastify.inject({
      ...{ method: 'POST', url: '/hooks', headers, payload: `${body} ` },
    })
    expect(refused.statusCode).toBe(500)
    await fastify.close()
  })
})
