import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Logger } from '@nestjs/common'
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js'
import { readConfig } from '../../infra/config/config.js'
import { PlatformKeyRepository } from '../../infra/crypto/platform-key.repository.js'
import { PlatformKeys } from '../../infra/crypto/platform-keys.js'
import { Vault } from '../../infra/crypto/vault.js'
import { AccessTokenVerifier } from '../../infra/oauth/access-token.verifier.js'
import { OauthRecords } from '../../infra/oauth/oauth-records.js'
import { ReplayMarks } from '../../infra/oauth/replay-marks.js'
import { RevokedTokens } from '../../infra/oauth/revoked-tokens.js'
import { systemClock } from '../../kernel/clock.js'
import { newId } from '../../kernel/id.js'
import { ClientAppRepository } from '../identity/client-app.repository.js'
import { ClientDirectoryService } from '../identity/client-directory.service.js'
import { AuthorizationServer } from './authorization-server.js'

let db: TestDatabase
let http: Server
let failure: Error | null = null
beforeAll(async () => {
  Logger.overrideLogger(false)
  db = await createTestDatabase()
  const { database } = db
  const none = { find: () => Promise.reject(new Error('these belong to no institution')) }
  const vault = new Vault(randomBytes(32), none)
  const keys = new PlatformKeys(new PlatformKeyRepository(database), vault)
  const config = readConfig({ PUBLIC_ORIGIN: 'https://pay.example.edu' }, '/')
  const apps = new ClientAppRepository(database)
  const find = apps.find.bind(apps)
  apps.find = (id) => (failure ? Promise.reject(failure) : find(id))
  const server = new AuthorizationServer(
    ...([config, keys, new ReplayMarks(database), vault] as const),
    new ClientDirectoryService(apps),
    new OauthRecords(database, vault),
    new RevokedTokens(database),
    new AccessTokenVerifier(keys, config, systemClock),
  )
  http = createServer((request, response) => void server.handle(request, response))
  await new Promise<void>((resolve) => http.listen(0, resolve))
})
afterAll(async () => {
  http.close()
  await db.drop()
})

/** With an assertion that nobody can have signed: it is enough to be looked for. */
async function askAs(clientId: string) {
  const part = (members: object) => Buffer.from(JSON.stringify(members)).toString('base64url')
  const claims = { iss: clientId, sub: clientId, aud: 'https://pay.example.edu', jti: '1', exp: 1 }
  const { port } = http.address() as AddressInfo
  const response = await fetch(`http://localhost:${port}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `${part({ alg: 'ES256' })}.${part(claims)}.AAAA`,
    }),
  })
  return { status: response.status, headers: response.headers, json: await response.json() }
}

describe('the authorization server', () => {
  test('knows no client by an id that is none, and asks the database for none', async () => {
    for (const id of [newId('app'), newId('key'), 'app_x', "app_' or true--", 'app_\0']) {
      expect(await askAs(id)).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
    }
  })

  test('says that it can be tried again when the database is away', async () => {
    failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const { status, headers, json } = await askAs(newId('app'))
    expect({ status, json }).toMatchObject({
      status: 503,
      json: { error: 'temporarily_unavailable' },
    })
    expect(headers.get('retry-after')).toBe('2')
  })

  test('says nothing of a fault of its own', async () => {
    failure = new Error('column "secret" does not exist')
    const { status, json } = await askAs(newId('app'))
    expect({ status, error: Object(json).error }).toEqual({ status: 500, error: 'server_error' })
    expect(JSON.stringify(json)).not.toContain('secret')
  })
})
