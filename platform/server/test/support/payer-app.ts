import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as openid from 'openid-client'
import { bursarCommand } from './bursar-command.js'
import { createClient, type OauthClient } from './oauth-client.js'

/** What an app remembers between sending a payer away and their return. */
export interface Asking {
  readonly url: URL
  readonly state: string
  readonly verifier: string
}

/** An app that asks payers for access as a developer would write it: with a well-known client library. */
export class PayerApp {
  private constructor(
    readonly client: OauthClient,
    readonly config: openid.Configuration,
    readonly redirectUri: string,
    private readonly server: Server,
  ) {}

  static async start(options: { readonly scopes?: readonly string[] } = {}): Promise<PayerApp> {
    const client = await createClient({ clientKey: 'es256', ...options })
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end('<!doctype html><title>App</title><main id="app">Back at the app</main>')
    })
    await new Promise<void>((done) => server.listen(0, 'localhost', done))
    const { port } = server.address() as AddressInfo
    const redirectUri = `http://localhost:${port}/callback`
    await setRedirectUris(client, [redirectUri])
    const key = await crypto.subtle.importKey(
      'pkcs8',
      client.privateKey.export({ type: 'pkcs8', format: 'der' }),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    )
    const config = await openid.discovery(
      new URL(client.credentials.issuer),
      client.credentials.client_id,
      undefined,
      openid.PrivateKeyJwt({ key, kid: client.keyId }),
      { execute: [openid.allowInsecureRequests], algorithm: 'oauth2' },
    )
    return new PayerApp(client, config, redirectUri, server)
  }

  /** Where the app sends the payer. `undefined` leaves a parameter out. */
  async ask(scope: string, changes: Record<string, string | undefined> = {}): Promise<Asking> {
    const verifier = openid.randomPKCECodeVerifier()
    const state = openid.randomState()
    const url = openid.buildAuthorizationUrl(this.config, {
      redirect_uri: this.redirectUri,
      scope,
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    return { url, state, verifier }
  }

  /** The token for the address to which the payer came back. */
  redeem(asking: Asking, back: URL) {
    return openid.authorizationCodeGrant(this.config, back, {
      pkceCodeVerifier: asking.verifier,
      expectedState: asking.state,
    })
  }

  stop(): Promise<void> {
    const stopped = new Promise<void>((done) => this.server.close(() => done()))
    this.server.closeAllConnections()
    return stopped
  }
}

export function setRedirectUris(client: OauthClient, uris: readonly string[], live = false) {
  const { institution_id, app_id } = client.credentials
  return bursarCommand<{ redirect_uris: string[] }>(
    ...['app', 'set-redirect-uris', '--institution', institution_id, '--app', app_id],
    ...['--uris', uris.join(','), ...(live ? ['--live'] : [])],
  )
}
