import { Injectable } from '@nestjs/common'
import { isId } from '../../kernel/id.js'
import { ClientAppRepository, type ClientAppRow } from './client-app.repository.js'
import type { ClientApp, ClientKey } from './identity.types.js'

/** A revocation is effective everywhere within 5 s: this, and room for a slow query. */
const LIFETIME_MS = 3_000
const APPS_MAX = 10_000

interface Entry {
  readonly app: Promise<ClientApp | null>
  readonly askedAtMs: number
}

/** Finds apps in their role of OAuth clients, with the keys they may authenticate with now. */
@Injectable()
export class ClientDirectoryService {
  private readonly entries = new Map<string, Entry>()

  constructor(private readonly repository: ClientAppRepository) {}

  /** Null: no such app. Keys that are not valid at this moment are left out. */
  async find(appId: string): Promise<ClientApp | null> {
    if (!isId(appId, 'app')) return null
    const app = await this.remembered(appId)
    if (!app) return null
    const now = new Date()
    return { ...app, keys: app.keys.filter((key) => isValidAt(key, now)) }
  }

  private remembered(appId: string): Promise<ClientApp | null> {
    const known = this.entries.get(appId)
    const nowMs = performance.now()
    if (known && nowMs - known.askedAtMs < LIFETIME_MS) return known.app
    const app = this.repository.find(appId).then(toClientApp)
    this.entries.delete(appId)
    this.entries.set(appId, { app, askedAtMs: nowMs })
    // A failed look-up must not be remembered: the database may be back a moment later.
    app.catch(() => this.entries.delete(appId))
    this.forgetOldest()
    return app
  }

  /** Maps keep insertion order, so the first entry is the one asked for longest ago. */
  private forgetOldest(): void {
    if (this.entries.size <= APPS_MAX) return
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest)
      return
    }
  }
}

function toClientApp(rows: readonly ClientAppRow[]): ClientApp | null {
  const [first] = rows
  if (!first) return null
  const { institution_id, department_id, app_id, name, app_scopes: scopes } = first
  return { institution_id, department_id, app_id, name, scopes, keys: rows.flatMap(toKey) }
}

function toKey({ key_id: id, ...row }: ClientAppRow): ClientKey[] {
  if (id === null) return []
  const { livemode, algorithm, public_key, scopes, scopes_in_mode, not_before, not_after } = row
  const app_scopes = scopes_in_mode
  return [{ id, livemode, algorithm, public_key, scopes, app_scopes, not_before, not_after }]
}

function isValidAt({ not_before, not_after }: ClientKey, now: Date): boolean {
  return not_before <= now && (not_after === null || not_after > now)
}
