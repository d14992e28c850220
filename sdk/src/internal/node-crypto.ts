/**
 * Node's own crypto, without importing it: a static import would break bundles for browsers and edge
 * runtimes. It signs synchronously, about three times faster than WebCrypto does in Node, and
 * reads every PEM that OpenSSL writes. Absent before Node 20.16, where WebCrypto takes over.
 */
export function loadNodeCrypto(): typeof import('node:crypto') | undefined {
  const host: { getBuiltinModule?: unknown } | undefined = globalThis.process
  if (typeof host?.getBuiltinModule !== 'function') return undefined
  return globalThis.process.getBuiltinModule('node:crypto')
}
