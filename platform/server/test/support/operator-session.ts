import { createHash, randomBytes } from 'node:crypto'
import { Bursar } from '@openbursar/sdk'
import type { AppRole, DepartmentRole, Role } from '../../src/infra/http/roles.js'
import { newId } from '../../src/kernel/id.js'
import { apiBase, judgedFetch, sendPrepared } from './platform.js'
import { queryPlatform } from './platform-database.js'
import { prepareRequest, type RawAnswer, type RawRequest } from './raw-request.js'

export interface OperatorOptions {
  readonly institution_id: string
  /** In the whole institution. */
  readonly roles?: readonly Role[]
  readonly departments?: readonly (readonly [department_id: string, role: DepartmentRole])[]
  readonly apps?: readonly (readonly [app_id: string, role: AppRole])[]
  /** False: a session without the second factor, in which roles that need it are missing. */
  readonly hasSecondFactor?: boolean
  /** How long ago the person proved who they are; above ten minutes a step-up is due. */
  readonly provenMsAgo?: number
}

/** Where a session works: the headers Bursar-App and Bursar-Mode. */
export interface Work {
  readonly app?: string
  readonly mode?: 'test' | 'live'
}

/** A person who is signed in on the platform of this run, without having gone through the pages. */
export interface SignedInOperator {
  readonly operator_id: string
  readonly session_id: string
  readonly login: string
  /** The value of the header Cookie. */
  readonly cookie: string
  readonly csrf: string
  /** As the console calls: through the SDK, in a session. */
  bursar(work?: Work): Bursar
  /** As nobody should call: headers of one's own, which win over what is right. */
  send(request: RawRequest, work?: Work): Promise<RawAnswer>
}

/** A new person with these roles, and a session of theirs. Every answer is held against the contract. */
export async function signInOperator(options: OperatorOptions): Promise<SignedInOperator> {
  const { institution_id, roles = [], departments = [], apps = [] } = options
  const operator_id = newId('opr')
  const login = `${operator_id}@people.example`
  await queryPlatform(
    'insert into operators (institution_id, id, login, name, roles) values ($1, $2, $3, $4, $5)',
    [institution_id, operator_id, login, '测试人员', [...roles]],
  )
  for (const [department_id, role] of departments) {
    await queryPlatform(
      `insert into department_members (institution_id, department_id, operator_id, role)
       values ($1, $2, $3, $4)`,
      [institution_id, department_id, operator_id, role],
    )
  }
  for (const [app_id, role] of apps) {
    await queryPlatform(
      'insert into app_members (institution_id, app_id, operator_id, role) values ($1, $2, $3, $4)',
      [institution_id, app_id, operator_id, role],
    )
  }
  return openSession({ ...options, operator_id, login })
}

/** One more session of somebody. */
export async function openSession(
  person: OperatorOptions & { readonly operator_id: string; readonly login: string },
): Promise<SignedInOperator> {
  const { institution_id, operator_id, login, hasSecondFactor = true, provenMsAgo = 0 } = person
  const session_id = newId('ses')
  const token = randomBytes(32).toString('base64url')
  const proven = new Date(Date.now() - provenMsAgo)
  await queryPlatform(
    `insert into operator_sessions (institution_id, id, operator_id, token_hash, method, created_at,
       last_used_at, authenticated_at, second_factor_at, expires_at)
     values ($1, $2, $3, $4, 'local', $5, now(), $5, $6, now() + interval '12 hours')`,
    [
      ...[institution_id, session_id, operator_id, createHash('sha256').update(token).digest()],
      ...[proven, hasSecondFactor ? proven : null],
    ],
  )
  const cookie = `bursar_operator=${token}`
  const { csrf_token: csrf } = await sessionOf(cookie)
  return { operator_id, session_id, login, cookie, csrf, ...callsOf(cookie, csrf) }
}

/** `GET /v1/session`, as the browser that holds this cookie sees it. */
export async function sessionOf(cookie: string): Promise<{ readonly csrf_token: string }> {
  const answer = await judgedFetch(`${apiBase()}/v1/session`, { headers: { cookie } })
  const { csrf_token } = Object(await answer.json())
  return { csrf_token: String(csrf_token) }
}

function callsOf(cookie: string, csrf: string): Pick<SignedInOperator, 'bursar' | 'send'> {
  const headersFor = ({ app, mode }: Work = {}) => ({
    ...{ cookie, origin: apiBase(), 'bursar-csrf': csrf },
    ...(app === undefined ? {} : { 'bursar-app': app }),
    ...(mode === undefined ? {} : { 'bursar-mode': mode }),
  })
  return {
    bursar: (work) =>
      new Bursar({
        auth: 'session',
        platformKeys: false,
        baseUrl: apiBase(),
        headers: headersFor(work),
        fetch: judgedFetch,
      }),
    send(request, work) {
      const signer = { apiBase: apiBase(), keyId: '', privateKey: '' }
      const headers = { ...headersFor(work), ...request.headers }
      return sendPrepared(prepareRequest(signer, { ...request, signed: false, headers }))
    },
  }
}
