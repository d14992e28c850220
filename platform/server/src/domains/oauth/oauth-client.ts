import { createPublicKey } from 'node:crypto'
import type { ClientMetadata } from 'oidc-provider'
import type { JwsAlgorithm } from '../../infra/oauth/access-token.js'
import type { ClientApp, ClientKey } from '../identity/identity.types.js'

/**
 * What a registered key may sign an assertion with. The names on the left are those of request signatures; an
 * SM2 key has no place in JOSE. An RSA key serves both paddings there and PSS alone here.
 */
const JWS_ALGORITHMS_OF: Readonly<Record<string, readonly JwsAlgorithm[]>> = {
  ed25519: ['EdDSA', 'Ed25519'],
  'ecdsa-p256-sha256': ['ES256'],
  'rsa-pss-sha512': ['PS256'],
  'rsa-v1_5-sha256': ['PS256'],
}

export function jwsAlgorithmsOf(key: ClientKey): readonly JwsAlgorithm[] {
  return JWS_ALGORITHMS_OF[key.algorithm] ?? []
}

/** An app as the provider knows it. Redirect URIs only where it may ask payers for access. */
export function clientMetadataOf(
  app: ClientApp,
  redirectUris: readonly string[],
): ClientMetadata & Record<string, unknown> {
  const mayAsk = redirectUris.length > 0
  return {
    client_id: app.app_id,
    client_name: app.name,
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: app.keys.flatMap(jwkOf) },
    id_token_signed_response_alg: 'EdDSA',
    grant_types: mayAsk ? ['client_credentials', 'authorization_code'] : ['client_credentials'],
    response_types: mayAsk ? ['code'] : [],
    redirect_uris: [...redirectUris],
  }
}

/** Reading PEM costs more than the rest of this; a key is the same object for as long as it is remembered. */
const jwksByKey = new WeakMap<ClientKey, ReturnType<typeof readJwk>>()

function jwkOf(key: ClientKey) {
  const known = jwksByKey.get(key)
  if (known) return known
  const jwks = readJwk(key)
  jwksByKey.set(key, jwks)
  return jwks
}

function readJwk(key: ClientKey) {
  const algorithms = jwsAlgorithmsOf(key)
  const publicKey = createPublicKey(key.public_key)
  // Node cannot write a key that is bound to PSS by its type (RFC 4055) as a JWK.
  if (algorithms.length === 0 || publicKey.asymmetricKeyType === 'rsa-pss') return []
  const { kty = '', ...members } = publicKey.export({ format: 'jwk' })
  // A curve with two names for its algorithm is told by its curve alone.
  const alg = algorithms.length === 1 ? { alg: algorithms[0] } : {}
  return [{ ...members, ...alg, kty, kid: key.id, use: 'sig' }]
}
