import { generateKeyPairSync, randomInt } from 'node:crypto'
import { Bursar } from '@openbursar/sdk'
import { IdentityService } from '../../src/domains/identity/identity.service.js'
import { SandboxAccountService } from '../../src/domains/sandbox/sandbox-account.service.js'
import type { Config } from '../../src/infra/config/config.js'
import { SCOPES } from '../../src/infra/http/scopes.js'
import { withServices } from '../../src/processes/context.js'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'
import { WebhookSink } from './webhook-sink.js'

const CALL_TIMEOUT_MS = 15_000

/** Somebody about whom no log may say anything. */
export interface Person {
  readonly number: string
  readonly name: string
  readonly phone: string
}

/** An app of an institution of its own, with its key, its server, and a person who pays it. */
export class FaultApp {
  readonly app_id: string
  readonly key_id: string
  readonly private_key: string
  readonly person: Person
  readonly sink = new WebhookSink()
  /** Never tries again by itself: the load does, and counts. */
  readonly bursar: Bursar
  webhookSecret = ''

  private constructor(app_id: string, key_id: string, private_key: string, baseUrl: string) {
    this.app_id = app_id
    this.key_id = key_id
    this.private_key = private_key
    const digits = String(randomInt(10 ** 8, 10 ** 9))
    this.person = {
      number: `110105194912${digits.slice(0, 5)}X`,
      name: `欧阳${digits}`,
      phone: `139${digits.slice(1)}`,
    }
    const timeoutMs = CALL_TIMEOUT_MS
    this.bursar = new Bursar({
      keyId: key_id,
      privateKey: private_key,
      baseUrl,
      maxRetries: 0,
      timeoutMs,
    })
  }

  /** Makes the institution with its merchant accounts at the simulators, and the app. */
  static async create(config: Config, name: string): Promise<FaultApp> {
    const keys = generateKeyPairSync('ed25519')
    const made = await withServices(config, async (context) => {
      const identity = context.get(IdentityService)
      const institution_id = await identity.createInstitution(name)
      await context.get(SandboxAccountService).ensureAll(institution_id, name)
      const department_id = await identity.createDepartment(institution_id, 'Finance Office')
      const app_id = await identity.createApp({
        institution_id,
        department_id,
        name,
        scopes: SCOPES,
        api_version: API_VERSION_LATEST,
      })
      const public_key = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
      const key_id = await identity.createKey({
        institution_id,
        app_id,
        livemode: false,
        public_key,
      })
      return { app_id, key_id }
    })
    const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return new FaultApp(made.app_id, made.key_id, privateKey, config.publicOrigin)
  }

  /** What it does before the load begins: it registers its server, and a payer with a phone and a number. */
  async open(): Promise<void> {
    const endpoint = await this.bursar.webhookEndpoints.create({ url: await this.sink.open() })
    this.webhookSecret = endpoint.secret ?? ''
    await this.bursar.payers.create({
      kind: 'student',
      number_type: 'certificate_no',
      ...this.person,
    })
  }

  /** Whatever of it must never be read in a log. */
  get secrets(): Readonly<Record<string, string>> {
    return {
      ...this.person,
      private_key: this.private_key.split('\n')[1] ?? '',
      webhook_secret: this.webhookSecret,
    }
  }
}
