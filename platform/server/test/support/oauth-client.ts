import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto'
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { apiBase, bursarCommand } from './bursar-command.js'
import { type AppCredentials, openApp, type TestApp } from './platform.js'

export type ClientKeyAlgorithm = 'es256' | 'ps256' | 'eddsa'

/** What `bursar sandbox create-app --json` tells an OAuth client. */
export interface ClientCredentials extends AppCredentials {
  readonly issuer: string
  readonly client_id: string
  readonly client_key_id?: string
  readonly client_private_key?: string
}

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of it.
  readonly json: any
}

const ALGORITHMS = { es256: 'ES256', ps256: 'PS256', eddsa: 'EdDSA' } as const
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Changes to an assertion that is otherwise right. `undefined` leaves a claim or header out. */
export interface AssertionChanges {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly key?: KeyObject
}

/** An OAuth client as a careful, or careless, or hostile developer would write it by hand. */
export class OauthClient {
  constructor(
    readonly credentials: ClientCredentials,
    readonly alg: 'ES256' | 'PS256' | 'EdDSA' | 'Ed25519',
    readonly keyId: string,
    readonly privateKey: KeyObject,
  ) {}

  get app(): TestApp {
    return openApp(this.credentials)
  }

  assertion({ claims = {}, header = {}, key }: AssertionChanges = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const { client_id: clientId, issuer } = this.credentials
    const payload = without({
      ...{ iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: now, exp: now + 60 },
      ...claims,
    }) as JWTPayload
    const protectedHeader = without({
      ...{ alg: this.alg, kid: this.keyId },
      ...header,
    }) as unknown as JWTHeaderParameters
    return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key ?? this.privateKey)
  }

  /** POSTs a form to an endpoint, with a fresh assertion unless one is given. */
  async post(
    path: string,
    parameters: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TokenAnswer> {
    const form = new URLSearchParams({
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: parameters.client_assertion ?? (await this.assertion()),
      ...parameters,
    })
    return postForm(path, form, headers)
  }

  token(
    parameters: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TokenAnswer> {
    return this.post('/oauth2/token', { grant_type: 'client_credentials', ...parameters }, headers)
  }

  /** An access token; throws when it is refused. */
  async accessToken(
    parameters: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { status, json } = await this.token(parameters, headers)
    if (status !== 200) throw new Error(`no token: ${status} ${JSON.stringify(json)}`)
    return json.access_token
  }
}

export async function postForm(
  path: string,
  form: URLSearchParams | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${apiBase()}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: form.toString(),
  })
  const text = await response.text()
  const { status, headers: answered } = response
  return { status, headers: answered, json: text === '' ? null : JSON.parse(text) }
}

/** A fresh app. Without `clientKey` its signing key (Ed25519) is its client key too. */
export async function createClient(
  options: { readonly clientKey?: ClientKeyAlgorithm; readonly scopes?: readonly string[] } = {},
): Promise<OauthClient> {
  const credentials = await bursarCommand<ClientCredentials>(
    ...['sandbox', 'create-app', '--json'],
    ...(options.clientKey ? ['--client-key', options.clientKey] : []),
    ...(options.scopes ? ['--scopes', options.scopes.join(',')] : []),
  )
  const { client_key_id = credentials.key_id, client_private_key = credentials.private_key } =
    credentials
  const alg = options.clientKey ? ALGORITHMS[options.clientKey] : 'EdDSA'
  return new OauthClient(credentials, alg, client_key_id, createPrivateKey(client_private_key))
}

/** A key that makes DPoP proofs. */
export class ProofKey {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  proof(
    method: string,
    url: string,
    changes: {
      readonly token?: string
      readonly claims?: Readonly<Record<string, unknown>>
      readonly header?: Readonly<Record<string, unknown>>
    } = {},
  ): Promise<string> {
    const { token } = changes
    const payload = without({
      ...{ htm: method, htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / 1000) },
      ath: token && createHash('sha256').update(token).digest('base64url'),
      ...changes.claims,
    }) as JWTPayload
    const jwk = this.keys.publicKey.export({ format: 'jwk' })
    const header = without({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...changes.header })
    return new SignJWT(payload)
      .setProtectedHeader(header as unknown as JWTHeaderParameters)
      .sign(this.keys.privateKey)
  }

  get privateJwk() {
    return this.keys.privateKey.export({ format: 'jwk' })
  }
}

/** A GET of the API with a token, and a proof where there is one. */
export async function read(
  path: string,
  authorization: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const response = await fetch(`${apiBase()}${path}`, { headers: { authorization, ...headers } })
  const { status, headers: answered } = response
  return { status, headers: answered, json: await response.json() }
}

function without(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
