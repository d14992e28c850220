import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { webhooks } from '@openbursar/sdk/webhooks'

const sdk = resolve(import.meta.dirname, '..')
const GZIP_BYTES_MAX = 3 * 1024
const secret = `whsec_${Buffer.from('a secret of enough bytes').toString('base64')}`

/** What a worker at the edge has, and no Node: no process, Buffer, require or module loader. */
const WEB_GLOBALS = {
  ...{ AbortSignal, Headers, Request, Response, TextDecoder, TextEncoder, URL },
  ...{ atob, btoa, crypto, setTimeout, clearTimeout },
}

async function bundled(entry: string, format: 'esm' | 'iife' = 'esm'): Promise<string> {
  const { build } = await import('esbuild')
  const result = await build({
    stdin: { contents: entry, resolveDir: sdk },
    bundle: true,
    minify: true,
    write: false,
    format,
    globalName: 'edge',
    // Fails when anything imports a Node built-in.
    platform: 'browser',
  })
  return result.outputFiles[0]?.text ?? ''
}

describe('@openbursar/sdk/webhooks', () => {
  const entry = "export { webhooks } from './dist/webhooks.js'"

  test('is at most 3 KB gzip, and imports nothing', async () => {
    const code = await bundled(entry)
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(GZIP_BYTES_MAX)
    expect(code.length).toBeGreaterThan(3_000)
  })

  test('is not more when it is taken from the whole SDK: the rest is shaken off', async () => {
    const fromIndex = await bundled("export { webhooks } from './dist/index.js'")
    expect(gzipSync(fromIndex, { level: 9 }).length).toBeLessThanOrEqual(GZIP_BYTES_MAX + 256)
    expect(fromIndex).not.toContain('/v1/payments')
  })

  test('verifies where there are only the globals of the web', async () => {
    const context = createContext({ ...WEB_GLOBALS })
    runInContext(await bundled(entry, 'iife'), context)
    const body = JSON.stringify({ id: 'evt_1', type: 'bill.paid', data: { object: {} } })
    const headers = await webhooks.sign(body, { id: 'evt_1', secret })
    const request = new Request('https://shop.example/hooks', { method: 'POST', headers, body })
    Object.assign(context, { request, secret })
    const verified = await runInContext('edge.webhooks.verifyRequest(request, { secret })', context)
    expect(verified).toMatchObject({ id: 'evt_1', type: 'bill.paid' })
    const forged = new Request('https://shop.example/hooks', {
      method: 'POST',
      headers,
      body: '{}',
    })
    Object.assign(context, { forged })
    const refused: Promise<unknown> = runInContext(
      'edge.webhooks.verifyRequest(forged, { secret })',
      context,
    )
    await expect(refused).rejects.toMatchObject({ code: 'webhook_signature_mismatch' })
  })

  test('has the very classes of the main entry', async () => {
    const main = await import('@openbursar/sdk')
    const subpath = await import('@openbursar/sdk/webhooks')
    expect(subpath.webhooks).toBe(main.webhooks)
    expect(subpath.BursarWebhookError).toBe(main.BursarWebhookError)
    expect(readFileSync(join(sdk, 'dist/webhooks.js'), 'utf8').length).toBeLessThan(500)
  })
})
