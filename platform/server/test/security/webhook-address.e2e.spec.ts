import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectProblem } from '../support/endpoint-contract.js'
import { openApp, type TestApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'

const stage = openStage()
let live: TestApp
beforeAll(async () => {
  live = openApp({ ...stage.own, ...(await addKey(stage.own, '--live')) })
}, 60_000)

/** Every way to write an address inside that a URL parser understands. */
const INSIDE = [
  ...['https://10.0.0.1/', 'https://192.168.0.1/', 'https://172.16.0.1/', 'https://0.0.0.0/'],
  ...['https://169.254.169.254/latest/meta-data/', 'https://100.100.100.200/', 'https://0/'],
  ...[
    'https://2130706434.0.0.1/',
    'https://167772161/',
    'https://0x0a000001/',
    'https://012.0.0.1/',
  ],
  ...['https://0xa.0.0.1/', 'https://10.1/', 'https://１０.０.０.１/', 'https://10。0。0。1/'],
  ...['https://[::ffff:10.0.0.1]/', 'https://[::ffff:a00:1]/', 'https://[::10.0.0.1]/'],
  ...[
    'https://[64:ff9b::a00:1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[2002:a00:1::]/',
  ],
  ...['https://[::]/', 'https://[ff02::1]/'],
]
const HERE = [
  ...['https://127.0.0.1/', 'https://localhost/', 'https://localhost./', 'https://LOCALHOST/'],
  ...['https://a.localhost/', 'https://[::1]/', 'https://2130706433/', 'https://0177.0.0.1/'],
  ...['https://127.1/', 'https://ⓛocalhost/', 'https://[::ffff:127.0.0.1]/'],
]
const NEVER = [
  ...['https://user:password@example.com/', 'https://example.com@10.0.0.1/', 'ftp://example.com/'],
  ...['file:///etc/passwd', 'gopher://example.com/', 'javascript:alert(1)', '//example.com/'],
  ...['https://', 'http://example.com/', 'https:///', 'https://exa mple.com/', ''],
]

describe('webhooks are never sent', () => {
  test.each([...INSIDE, ...NEVER])('to %s', async (url) => {
    for (const app of [stage.own, live]) {
      const answer = await app.send({ path: '/v1/webhook_endpoints', body: { url } })
      expect([answer.status, answer.json.errors?.[0]?.pointer ?? answer.json.code]).toEqual([
        400,
        expect.stringMatching(/^(\/url|webhook_endpoint_url_refused|field_\w+)$/),
      ])
    }
  })

  test.each([...HERE, 'http://localhost:9/', 'http://127.0.0.1/'])(
    'in live mode to this machine: %s',
    async (url) => {
      const answer = await live.send({ path: '/v1/webhook_endpoints', body: { url } })
      expectProblem(answer, 400, 'webhook_endpoint_url_refused')
    },
  )
})
