import type { KoaContextWithOIDC } from 'oidc-provider'
import { SCOPES } from '../../infra/http/scopes.js'
import { apiResourceOf, JWS_ALGORITHMS } from '../../infra/oauth/access-token.js'
import { METADATA_PATHS, RESOURCE_METADATA_PATH } from './oauth-paths.js'

const METADATA: readonly string[] = METADATA_PATHS
/** Shorter than a new signing key is published before it signs. */
export const METADATA_CACHE = 'public, max-age=300'

/** Adds to the library's metadata (RFC 8414) what it does not know of: our scopes, and how clients revoke and ask. */
export async function completeMetadata(
  ctx: KoaContextWithOIDC,
  next: () => Promise<void>,
): Promise<void> {
  await next()
  if (!METADATA.includes(ctx.path) || !isRecord(ctx.body)) return
  const methods = ['private_key_jwt']
  const algorithms = [...JWS_ALGORITHMS]
  ctx.set('cache-control', METADATA_CACHE)
  ctx.body = {
    ...ctx.body,
    scopes_supported: ['openid', ...SCOPES],
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    protected_resources: [apiResourceOf(String(ctx.body.issuer))],
    service_documentation: `${String(ctx.body.issuer)}/docs`,
  }
}

/** RFC 9728: what a client reads to learn where tokens for this API come from. */
export function resourceMetadata(publicOrigin: string, resource: string) {
  return {
    resource,
    authorization_servers: [publicOrigin],
    jwks_uri: `${publicOrigin}/.well-known/jwks.json`,
    scopes_supported: [...SCOPES],
    bearer_methods_supported: ['header'],
    resource_name: 'OpenBursar API',
    resource_documentation: `${publicOrigin}/docs`,
    dpop_signing_alg_values_supported: [...JWS_ALGORITHMS],
    dpop_bound_access_tokens_required: false,
  }
}

/** The resource that each address of its metadata is about. */
export function describedResources(publicOrigin: string): readonly (readonly [string, string])[] {
  return [
    [RESOURCE_METADATA_PATH, publicOrigin],
    [`${RESOURCE_METADATA_PATH}/v1`, apiResourceOf(publicOrigin)],
  ]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
