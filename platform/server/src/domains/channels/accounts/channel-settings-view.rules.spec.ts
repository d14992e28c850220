import 'reflect-metadata'
import { createHash, generateKeyPairSync, webcrypto } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import * as x509 from '@peculiar/x509'
import { z } from 'zod'
import { viewOfSettings } from './channel-settings-view.rules.js'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const spki = publicKey.export({ type: 'spki', format: 'der' })
const fingerprint = createHash('sha256').update(spki).digest('hex')
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
const any = z.looseObject({})

describe('what may be shown of settings', () => {
  test('plain fields by their names, and nothing else', () => {
    const view = viewOfSettings(
      {
        base_url: 'https://api.example.com',
        app_id: 'wx1',
        merchant_serial_no: 'AB',
        is_sandbox: true,
        api_v3_key: 'k'.repeat(32),
        password: 'secret',
        pin: 4711,
      },
      any,
    )
    expect(view.settings).toEqual({
      ...{ base_url: 'https://api.example.com', app_id: 'wx1', merchant_serial_no: 'AB' },
      is_sandbox: true,
    })
    const hidden = { kind: 'secret', fingerprint: null, expires_at: null }
    expect(view.secrets).toEqual([
      { field: 'api_v3_key', ...hidden },
      { field: 'password', ...hidden },
      { field: 'pin', ...hidden },
    ])
  })

  test('keys by the fingerprint of their public half', () => {
    const { secrets, settings } = viewOfSettings(
      { merchant_private_key: privatePem, platform_public_key: publicPem },
      any,
    )
    expect(settings).toEqual({})
    expect(secrets).toEqual([
      { field: 'merchant_private_key', kind: 'private_key', fingerprint, expires_at: null },
      { field: 'platform_public_key', kind: 'public_key', fingerprint, expires_at: null },
    ])
  })

  test('keys in bare base64 as well, as some consoles show them', () => {
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
    const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64')
    const { secrets } = viewOfSettings(
      { a_id: pkcs8, b_id: pkcs1, c_id: spki.toString('base64'), d_key: 'A'.repeat(200) },
      any,
    )
    expect(secrets.map(({ field, kind, fingerprint: found }) => [field, kind, found])).toEqual([
      ['a_id', 'private_key', fingerprint],
      ['b_id', 'private_key', fingerprint],
      ['c_id', 'public_key', fingerprint],
      ['d_key', 'secret', null],
    ])
  })

  test('certificates by their fingerprint and their end, also in a list', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const notAfter = new Date('2027-12-01T00:00:00.000Z')
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
      {
        ...{ serialNumber: '01', name: 'CN=test', signingAlgorithm: algorithm, keys },
        ...{ notBefore: new Date('2026-12-01T00:00:00.000Z'), notAfter },
      },
      webcrypto,
    )
    const der = Buffer.from(certificate.rawData)
    const { secrets } = viewOfSettings({ roots: [certificate.toString('pem')] }, any)
    expect(secrets).toEqual([
      {
        ...{ field: 'roots.0', kind: 'certificate' },
        fingerprint: createHash('sha256').update(der).digest('hex'),
        expires_at: notAfter.toISOString(),
      },
    ])
  })

  test('of a PEM that cannot be read nothing, whatever its field is called', () => {
    const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'
    const view = viewOfSettings({ some_id: broken }, any)
    expect(view).toEqual({
      settings: {},
      secrets: [{ field: 'some_id', kind: 'secret', fingerprint: null, expires_at: null }],
    })
  })

  test('what the schema of the channel says of a field comes first', () => {
    const schema = z.strictObject({
      user_id: z.string().meta({ secret: true }),
      greeting: z.string().min(1).meta({ secret: false }),
    })
    const view = viewOfSettings({ user_id: 'u', greeting: 'hello' }, schema)
    expect(view.settings).toEqual({ greeting: 'hello' })
    expect(view.secrets.map(({ field }) => field)).toEqual(['user_id'])
  })
})
