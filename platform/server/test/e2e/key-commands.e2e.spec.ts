import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Key } from '@openbursar/sdk'
import { bursarCommand, platformSettings } from '../support/bursar-command.js'
import { openApp } from '../support/platform.js'
import { addKey, openStage } from '../support/stage.js'

const stage = openStage()
const ownerOptions = () => ['--institution', stage.own.institution_id, '--app', stage.own.app_id]

async function newPairFile(format: 'pem' | 'jwk' = 'pem') {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const path = join(platformSettings().DATA_DIR, `${randomBytes(6).toString('hex')}.${format}`)
  const content =
    format === 'pem'
      ? publicKey.export({ type: 'spki', format })
      : JSON.stringify(publicKey.export({ format }))
  await writeFile(path, content)
  return { path, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

describe('bursar keys', () => {
  test('creates a key with all its limits, from PEM or JWK', async () => {
    for (const format of ['pem', 'jwk'] as const) {
      const { path, private_key } = await newPairFile(format)
      const key = await bursarCommand<Key & { key_id: string }>(
        ...['keys', 'create', ...ownerOptions(), '--public-key', path, '--name', 'till 3'],
        ...['--scopes', 'payments:read,keys:read', '--allowed-ips', '127.0.0.0/8,::1'],
        ...['--not-after', '2100-01-31'],
      )
      expect(key).toMatchObject({
        key_id: key.id,
        name: 'till 3',
        scopes: ['payments:read', 'keys:read'],
        allowed_ips: ['127.0.0.0/8', '::1'],
        not_after: '2100-01-31T00:00:00.000Z',
      })
      const app = openApp({ ...stage.own, key_id: key.id, private_key })
      expect((await app.bursar.keys.get(key.id)).name).toBe('till 3')
    }
  }, 30_000)

  test('lifts a limit that the key could not lift itself', async () => {
    const { key_id } = await addKey(stage.own, '--allowed-ips', '192.0.2.1')
    const key = await bursarCommand<Key>('keys', 'update', '--key', key_id, '--allowed-ips', '')
    expect(key.allowed_ips).toEqual([])
  }, 30_000)

  test('rotates a key with an overlap, revokes it, and lists both', async () => {
    const { key_id } = await addKey(stage.own)
    const { path } = await newPairFile()
    const made = await bursarCommand<Key>(
      ...['keys', 'rotate', '--key', key_id, '--public-key', path, '--overlap', '7d'],
    )
    await bursarCommand('keys', 'revoke', '--key', key_id)
    const keys = await bursarCommand<Key[]>('keys', 'list', ...ownerOptions())
    expect(keys.find(({ id }) => id === made.id)).toMatchObject({ status: 'active' })
    const old = keys.find(({ id }) => id === key_id)
    expect(old).toMatchObject({ status: 'revoked', replaced_by: made.id })
    const days = (new Date(old?.not_after ?? 0).getTime() - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(6.99)
    expect(days).toBeLessThanOrEqual(7)
  }, 30_000)

  test.each([
    [['--scopes', 'bills:fly'], 'scopes.0'],
    [['--allowed-ips', '10.0.0.1/8'], 'allowed_ips.0'],
    [['--not-after', 'tomorrow'], 'is not a time'],
    [['--not-after', '2020-01-01'], 'not_after must be in the future'],
  ])(
    'refuses %j and says why',
    async (options, reason) => {
      await expect(addKey(stage.own, ...options)).rejects.toThrow(reason)
    },
    30_000,
  )
})
