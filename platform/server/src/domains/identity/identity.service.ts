import { Injectable } from '@nestjs/common'
import { hash } from '@node-rs/argon2'
import { algorithmOfPublicKey } from '../../infra/crypto/http-signature.verify.js'
import { Vault } from '../../infra/crypto/vault.js'
import type { SqlReader } from '../../infra/database/database.js'
import { isScope, SCOPES, type Scope } from '../../infra/http/scopes.js'
import { assert } from '../../kernel/assert.js'
import { newId } from '../../kernel/id.js'
import { IdentityError } from './identity.errors.js'
import { IdentityRepository } from './identity.repository.js'
import type { NewApiKey, NewApp } from './identity.types.js'

/** One event of an institution becomes at most so many. */
const APPS_TOLD_MAX = 100

/** Who may call: institutions, their departments, the departments' apps, and the apps' keys. */
@Injectable()
export class IdentityService {
  /** An app's version never changes, so it is remembered for good. */
  private readonly apiVersions = new Map<string, string>()
  /** Nor does an institution move: a change of its time zone needs a restart. */
  private readonly timeZones = new Map<string, string>()

  constructor(
    private readonly repository: IdentityRepository,
    private readonly vault: Vault,
  ) {}

  /** A new institution with a data key of its own. Returns its id. */
  async createInstitution(name: string, metadata: Record<string, string> = {}): Promise<string> {
    const id = newId('inst')
    await this.repository.insertInstitution(id, name, this.vault.newDataKey(id), metadata)
    return id
  }

  async findInstitutionByName(name: string): Promise<string | null> {
    return (await this.repository.findInstitutionByName(name))?.id ?? null
  }

  /** The oldest one's id; null in an empty platform. */
  async findFirstInstitution(): Promise<string | null> {
    return (await this.repository.findFirstInstitution())?.id ?? null
  }

  /** Whether the master key is the one with which this institution was made. */
  canOpen(institutionId: string): Promise<boolean> {
    return this.vault.seal(institutionId, 'check', '').then(
      () => true,
      () => false,
    )
  }

  hasOperator(institutionId: string, login: string): Promise<boolean> {
    return this.repository.hasOperator(institutionId, login)
  }

  async createDepartment(institutionId: string, name: string): Promise<string> {
    const id = newId('dept')
    await this.repository.insertDepartment(institutionId, id, name)
    return id
  }

  async findDepartmentByName(institutionId: string, name: string): Promise<string | null> {
    return (await this.repository.findDepartmentByName(institutionId, name))?.id ?? null
  }

  /** Those of these departments that are the institution's. `reader` as below. */
  departmentsAmong(
    institutionId: string,
    ids: readonly string[],
    reader?: SqlReader,
  ): Promise<Set<string>> {
    return this.repository.departmentsAmong(institutionId, ids, reader)
  }

  /** Who is paid, in words, for the payer's eyes. */
  async payeeNames(
    institutionId: string,
    departmentId: string,
  ): Promise<{ institution_name: string; department_name: string }> {
    const [institution, department] = await Promise.all([
      this.repository.institutionName(institutionId),
      this.repository.findDepartment(institutionId, departmentId),
    ])
    return { institution_name: institution ?? '', department_name: department?.name ?? '' }
  }

  /** An app, its department and institution, in words, for the payer's eyes. @throws IdentityError app_not_found */
  async describeApp(
    institutionId: string,
    appId: string,
  ): Promise<{ app_name: string; institution_name: string; department_name: string }> {
    const app = await this.repository.findApp(institutionId, appId)
    if (!app) throw new IdentityError('app_not_found', `No such app: ${appId}.`)
    return { app_name: app.name, ...(await this.payeeNames(institutionId, app.department_id)) }
  }

  /** Null: there is no such institution. */
  async institutionName(institutionId: string): Promise<string | null> {
    return (await this.repository.institutionName(institutionId)) ?? null
  }

  /** `is_demo`: nothing in it is real. Only the seed of an empty database makes such a one. */
  async describeInstitution(id: string): Promise<{ name: string; is_demo: boolean }> {
    const row = await this.repository.findInstitution(id)
    assert(row, `a row names the institution ${id}, so it exists`)
    return { name: row.name, is_demo: Object(row.metadata).demo === 'true' }
  }

  /** @throws IdentityError department_not_found, scope_unknown */
  async createApp(app: NewApp): Promise<string> {
    requireKnown(app.scopes)
    if (!(await this.repository.findDepartment(app.institution_id, app.department_id))) {
      throw new IdentityError('department_not_found', `No such department: ${app.department_id}.`)
    }
    const id = newId('app')
    await this.repository.insertApp(id, app)
    return id
  }

  /**
   * The dated version that events of this app are written in. Inside a transaction pass it as `reader`:
   * a second connection of the pool, wanted while one is held, is how a pool locks itself up.
   */
  async apiVersionOf(institutionId: string, appId: string, reader?: SqlReader): Promise<string> {
    const known = this.apiVersions.get(appId)
    if (known) return known
    const version = await this.repository.apiVersion(institutionId, appId, reader)
    assert(version, `a row names the app ${appId}, so it exists`)
    this.apiVersions.set(appId, version)
    return version
  }

  /** The apps that hold a scope, for events that are nobody's own. `reader` as above. */
  appsWith(
    wanted: { institution_id: string; department_id: string | null; scope: Scope },
    reader?: SqlReader,
  ): Promise<{ app_id: string; api_version: string }[]> {
    return this.repository.appsWith(wanted, APPS_TOLD_MAX, reader)
  }

  /** The IANA time zone in which the institution's business days begin and end. `reader` as above. */
  async timeZoneOf(institutionId: string, reader?: SqlReader): Promise<string> {
    const known = this.timeZones.get(institutionId)
    if (known) return known
    const timeZone = await this.repository.timeZone(institutionId, reader)
    assert(timeZone, `a row names the institution ${institutionId}, so it exists`)
    this.timeZones.set(institutionId, timeZone)
    return timeZone
  }

  /**
   * Registers a public key; the private half never comes here. Pass a transaction as `writer` when more
   * must happen together with it.
   * @throws IdentityError app_not_found, api_key_unusable, scope_unknown
   */
  async createKey(key: NewApiKey, writer?: SqlReader): Promise<string> {
    const algorithm = algorithmOfNewKey(key)
    requireKnown(key.scopes ?? [])
    const id = key.id ?? newId('key')
    if (!(await this.repository.insertKey({ ...key, id, algorithm }, writer))) {
      throw new IdentityError('app_not_found', `No such app: ${key.app_id}.`)
    }
    return id
  }

  /** The person's id. */
  async setOperator(operator: {
    readonly institution_id: string
    readonly login: string
    readonly name: string
    readonly roles: readonly string[]
    readonly password: string
  }): Promise<string> {
    const { password, roles, login, ...rest } = operator
    return this.repository.upsertOperator({
      ...rest,
      login: login.toLowerCase(),
      roles: [...roles],
      id: newId('opr'),
      // argon2id is the library's default.
      password_hash: await hash(password),
    })
  }
}

function algorithmOfNewKey({ public_key, algorithm }: NewApiKey): string {
  let chosen: string | null = null
  let cause: unknown
  try {
    chosen = algorithmOfPublicKey(public_key, algorithm)
  } catch (error) {
    cause = error
  }
  if (chosen) return chosen
  const wanted = algorithm === undefined ? '' : ` for ${algorithm}`
  throw new IdentityError(
    'api_key_unusable',
    `A key${wanted} must be a public key in PEM: Ed25519, P-256, SM2, or RSA of 2048 bits or more; RSA for rsa-pss-sha512 or rsa-v1_5-sha256.`,
    { cause },
  )
}

function requireKnown(scopes: readonly string[]): void {
  const unknown = scopes.filter((scope) => !isScope(scope))
  if (unknown.length === 0) return
  throw new IdentityError(
    'scope_unknown',
    `No such scope: ${unknown.join(', ')}. Known scopes: ${SCOPES.join(', ')}.`,
  )
}
