/** Where the authorization server's endpoints are; clients read them from its metadata. */
export const OAUTH_PATHS = {
  authorization: '/oauth2/authorize',
  pushed_authorization_request: '/oauth2/par',
  token: '/oauth2/token',
  introspection: '/oauth2/introspect',
  revocation: '/oauth2/revoke',
  jwks: '/.well-known/jwks.json',
} as const

/** RFC 8414 and OpenID Connect Discovery: one document under both names. */
export const METADATA_PATHS = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
] as const

/** RFC 9728 section 3.1: the resource's own path follows the well-known name. */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource'
