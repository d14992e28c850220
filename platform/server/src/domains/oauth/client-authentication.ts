import { createPublicKey } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { compactVerify } from 'jose'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { assert } from '../../kernel/assert.js'
import type { ClientDirectoryService } from '../identity/client-directory.service.js'
import type { ClientApp, ClientKey } from '../identity/identity.types.js'
import { type AssertionToCheck, assertionProblem } from './client-assertion.rules.js'
import { jwsAlgorithmsOf } from './oauth-client.js'

/** Who authenticated a request, and with which of their keys: the key decides mode and scopes. */
export interface AuthenticatedClient {
  readonly app: ClientApp
  readonly key: ClientKey
}

/**
 * Our part of `private_key_jwt`: what the profile asks beyond the library's checks, and which key it was. The
 * library has verified the signature with one of the app's keys; it does not say with which.
 */
export class ClientAuthentication {
  private readonly clients = new WeakMap<object, AuthenticatedClient>()
  private readonly byRequest = new WeakMap<IncomingMessage, AuthenticatedClient>()

  constructor(
    private readonly directory: ClientDirectoryService,
    private readonly issuer: string,
  ) {}

  /** @throws InvalidClientAuth */
  async check(
    ctx: KoaContextWithOIDC,
    { claims, header }: Pick<AssertionToCheck, 'claims' | 'header'>,
  ): Promise<AuthenticatedClient> {
    const assertion = ctx.oidc.params?.client_assertion
    const problem = assertionProblem({ assertion, claims, header }, this.issuer, Date.now() / 1000)
    if (problem !== null) throw new errors.InvalidClientAuth(problem)
    const app = await this.directory.find(String(claims.sub))
    const candidates = app?.keys.filter((key) => isCandidate(key, header)) ?? []
    const signers = await signersOf(String(assertion), candidates, header)
    const [key] = signers
    if (!app || !key) throw new errors.InvalidClientAuth('no registered key signed it')
    if (signers.length > 1) {
      throw new errors.InvalidClientAuth('the key is registered twice: name it by kid')
    }
    const client = { app, key }
    this.clients.set(ctx, client)
    this.byRequest.set(ctx.req, client)
    return client
  }

  /** Undefined where no client authenticates: at the authorization endpoint. */
  find(ctx: object): AuthenticatedClient | undefined {
    return this.clients.get(ctx)
  }

  /** Who authenticated with this request; null before that, and where nobody did. */
  findByRequest(request: IncomingMessage): AuthenticatedClient | null {
    return this.byRequest.get(request) ?? null
  }

  of(ctx: object): AuthenticatedClient {
    const client = this.clients.get(ctx)
    assert(client, 'this endpoint answers only authenticated clients')
    return client
  }
}

function isCandidate(key: ClientKey, header: AssertionToCheck['header']): boolean {
  return (
    (header.kid === undefined || header.kid === key.id) &&
    jwsAlgorithmsOf(key).some((algorithm) => algorithm === header.alg)
  )
}

/** The keys that verify it: looked for only when the header names none. */
async function signersOf(
  assertion: string,
  candidates: readonly ClientKey[],
  header: AssertionToCheck['header'],
): Promise<ClientKey[]> {
  if (header.kid !== undefined) return [...candidates]
  const verified = await Promise.all(
    candidates.map((key) =>
      compactVerify(assertion, createPublicKey(key.public_key)).then(
        () => [key],
        () => [],
      ),
    ),
  )
  return verified.flat()
}
