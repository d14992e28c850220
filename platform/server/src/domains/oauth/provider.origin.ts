import type Provider from 'oidc-provider'

/**
 * Addresses in metadata, `htu` of proofs and the Secure flag of cookies come from the configured origin, never
 * from Host or X-Forwarded-*: whoever sends those is not to be believed.
 */
export function speakFor(provider: Provider, publicOrigin: string): void {
  const { host, protocol } = new URL(publicOrigin)
  Object.defineProperties(provider.request, {
    host: { get: () => host },
    protocol: { get: () => protocol.replace(':', '') },
  })
}
