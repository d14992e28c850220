import { hash } from '@node-rs/argon2'
import { generateSync } from 'otplib'
import { newId } from '../../src/kernel/id.js'
import { PayerBrowser, type SeenPage } from './payer-browser.js'
import { apiBase } from './platform.js'
import { queryPlatform } from './platform-database.js'

/** Signs in as a person does: it says where its forms come from, as every browser does. */
export class OperatorBrowser extends PayerBrowser {
  constructor(
    readonly base: string = apiBase(),
    private readonly others: readonly string[] = [],
  ) {
    super()
  }

  protected override origins(): readonly string[] {
    return [this.base, ...this.others]
  }

  override post(url: string | URL, form: URLSearchParams): Promise<SeenPage> {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: this.base,
    }
    return this.open(url, { method: 'POST', headers, body: form.toString() })
  }

  start(query = ''): Promise<SeenPage> {
    return this.open(`${this.base}/console/sign-in${query}`)
  }

  async password(login: string, password: string, query = ''): Promise<SeenPage> {
    return this.submit(await this.start(query), { login, password })
  }

  /** The value of the header Cookie: the session alone. */
  get session(): string {
    return `bursar_operator=${this.cookies.get('bursar_operator') ?? ''}`
  }
}

export interface LocalOperator {
  readonly institution_id: string
  readonly operator_id: string
  readonly login: string
  readonly password: string
}

/** Somebody who signs in with a password. */
export async function newLocalOperator(
  institution_id: string,
  roles: readonly string[] = [],
): Promise<LocalOperator> {
  const operator_id = newId('opr')
  const login = `${operator_id}@local.example`
  const password = `a sentence of ${operator_id.slice(-6)}`
  await queryPlatform(
    `insert into operators (institution_id, id, login, name, roles, password_hash)
     values ($1, $2, $3, '本地人员', $4, $5)`,
    [institution_id, operator_id, login, [...roles], await hash(password)],
  )
  return { institution_id, operator_id, login, password }
}

/** The secret that an enrolment page shows. */
export function secretOf(page: SeenPage): string {
  const [, spaced = ''] = /class="enrol-secret">([^<]*)/.exec(page.text) ?? []
  return spaced.replaceAll(' ', '')
}

/** What the authenticator shows so many seconds from now. */
export function codeOf(secret: string, secondsAhead = 0): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + secondsAhead })
}

/** Recovery codes, as their page shows them. */
export function recoveryCodesOf(page: SeenPage): string[] {
  return [...page.text.matchAll(/<code>([a-z0-9-]{14})<\/code>/g)].map(([, code = '']) => code)
}
