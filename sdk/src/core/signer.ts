import { type Bytes, fromPem } from '../internal/bytes.js'
import { loadNodeCrypto } from '../internal/node-crypto.js'
import { BursarConfigurationError } from './errors.js'

/** RFC 9421 algorithm names that the SDK signs with by itself. */
export type BuiltInAlgorithm =
  | 'ed25519'
  | 'ecdsa-p256-sha256'
  | 'rsa-v1_5-sha256'
  | 'rsa-pss-sha512'

/** Everything that the platform verifies; `sm2-sm3` needs a {@link RequestSigner} of yours. */
export type SignatureAlgorithm = BuiltInAlgorithm | 'sm2-sm3'

/** Signs the bytes of a signature base. */
export interface BaseSigner {
  sign(base: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** A registered key that lives elsewhere: in a KMS, an HSM, an SM2 card or a library. */
export interface RequestSigner extends BaseSigner {
  /** Id of the registered key, `key_…`. */
  readonly keyId: string
  readonly algorithm: SignatureAlgorithm
  /**
   * The signature over these very bytes, as RFC 9421 wants it: for `ecdsa-p256-sha256` and `sm2-sm3`
   * r and s, 32 bytes each. SM2 has the user ID `1234567812345678`.
   */
  sign(base: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** RFC 9421 Section 3.3.1: the salt of rsa-pss-sha512 is 64 bytes. */
const PSS_SALT_BYTES = 64
const RSA_MODULUS_BITS_MIN = 2048

/**
 * Builds a signer from a PEM private key. The key's type decides the algorithm; only RSA leaves a
 * choice, which is `rsa-pss-sha512` unless `algorithm` says otherwise.
 */
export function createSigner(privateKey: string, algorithm?: BuiltInAlgorithm): BaseSigner {
  const nodeCrypto = loadNodeCrypto()
  return nodeCrypto === undefined
    ? createWebSigner(privateKey, algorithm)
    : createNodeSigner(nodeCrypto, privateKey, algorithm)
}

type NodeCrypto = NonNullable<ReturnType<typeof loadNodeCrypto>>

function createNodeSigner(
  nodeCrypto: NodeCrypto,
  privateKey: string,
  wanted: BuiltInAlgorithm | undefined,
): BaseSigner {
  const key = readNodeKey(nodeCrypto, privateKey)
  const details = key.asymmetricKeyDetails
  const algorithm = chooseAlgorithm(
    key.asymmetricKeyType === 'ec' && details?.namedCurve === 'prime256v1'
      ? 'p256'
      : key.asymmetricKeyType,
    wanted,
  )
  if (details?.modulusLength !== undefined) requireModulus(details.modulusLength)
  const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = nodeCrypto.constants
  switch (algorithm) {
    case 'ed25519':
      return { sign: (base) => nodeCrypto.sign(null, base, key) }
    case 'ecdsa-p256-sha256':
      // RFC 9421 Section 3.3.4 wants r‖s, not the DER that OpenSSL makes by default.
      return { sign: (base) => nodeCrypto.sign('sha256', base, { key, dsaEncoding: 'ieee-p1363' }) }
    case 'rsa-v1_5-sha256':
      return {
        sign: (base) => nodeCrypto.sign('sha256', base, { key, padding: RSA_PKCS1_PADDING }),
      }
    case 'rsa-pss-sha512': {
      const options = { key, padding: RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES }
      return { sign: (base) => nodeCrypto.sign('sha512', base, options) }
    }
  }
}

function readNodeKey(nodeCrypto: NodeCrypto, privateKey: string) {
  try {
    return nodeCrypto.createPrivateKey(privateKey.replace(/\\n/g, '\n'))
  } catch (cause) {
    throw unreadable(cause)
  }
}

/** For runtimes without node:crypto. WebCrypto reads PKCS#8 only and works asynchronously. */
export function createWebSigner(
  privateKey: string,
  wanted: BuiltInAlgorithm | undefined,
): BaseSigner {
  const pem = fromPem(privateKey)
  if (pem?.label !== 'PRIVATE KEY') throw unreadable(undefined)
  const algorithm = chooseAlgorithm(keyTypeOf(pem.der), wanted)
  const { importAs, signWith } = webParameters(algorithm)
  let imported: Promise<CryptoKeyLike> | undefined
  return {
    async sign(base) {
      imported ??= importWebKey(pem.der, importAs)
      return new Uint8Array(
        await crypto.subtle.sign(signWith, await imported, new Uint8Array(base)),
      )
    },
  }
}

type CryptoKeyLike = Awaited<ReturnType<typeof crypto.subtle.importKey>>

async function importWebKey(der: Bytes, algorithm: WebAlgorithm): Promise<CryptoKeyLike> {
  let key: CryptoKeyLike
  try {
    key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
  } catch (cause) {
    throw unreadable(cause)
  }
  if ('modulusLength' in key.algorithm) requireModulus(Number(key.algorithm.modulusLength))
  return key
}

interface WebAlgorithm {
  name: string
  namedCurve?: string
  hash?: string
  saltLength?: number
}

function webParameters(algorithm: BuiltInAlgorithm): {
  importAs: WebAlgorithm & { namedCurve: string; hash: string }
  signWith: WebAlgorithm & { hash: string; saltLength: number }
} {
  const name = {
    ed25519: 'Ed25519',
    'ecdsa-p256-sha256': 'ECDSA',
    'rsa-v1_5-sha256': 'RSASSA-PKCS1-v1_5',
    'rsa-pss-sha512': 'RSA-PSS',
  }[algorithm]
  const hash = algorithm === 'rsa-pss-sha512' ? 'SHA-512' : 'SHA-256'
  // WebCrypto ignores the members that an algorithm has no use for.
  return {
    importAs: { name, namedCurve: 'P-256', hash },
    signWith: { name, hash, saltLength: PSS_SALT_BYTES },
  }
}

/** Object identifiers as they stand in a PKCS#8 header, in hex. */
const KEY_TYPE_BY_OID: Record<string, string> = {
  '06032b6570': 'ed25519',
  '06082a8648ce3d030107': 'p256',
  '06092a864886f70d010101': 'rsa',
}

function keyTypeOf(der: Bytes): string | undefined {
  // The AlgorithmIdentifier is within the first 40 bytes of every PKCS#8 key.
  const head = Array.from(der.subarray(0, 40), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
  return Object.entries(KEY_TYPE_BY_OID).find(([oid]) => head.includes(oid))?.[1]
}

const ALGORITHMS_BY_KEY_TYPE: Record<string, readonly BuiltInAlgorithm[]> = {
  ed25519: ['ed25519'],
  p256: ['ecdsa-p256-sha256'],
  rsa: ['rsa-pss-sha512', 'rsa-v1_5-sha256'],
  'rsa-pss': ['rsa-pss-sha512'],
}

function chooseAlgorithm(
  keyType: string | undefined,
  wanted: BuiltInAlgorithm | undefined,
): BuiltInAlgorithm {
  const possible = ALGORITHMS_BY_KEY_TYPE[keyType ?? ''] ?? []
  const algorithm = wanted === undefined ? possible[0] : possible.find((name) => name === wanted)
  if (algorithm !== undefined) return algorithm
  throw new BursarConfigurationError(
    possible.length === 0
      ? `privateKey is a ${keyType ?? 'key of an unknown type'}; use Ed25519, EC P-256 or RSA, or pass a signer`
      : `algorithm ${wanted} does not fit the private key; it can sign with ${possible.join(' or ')}`,
  )
}

function requireModulus(bits: number): void {
  if (bits >= RSA_MODULUS_BITS_MIN) return
  throw new BursarConfigurationError(
    `privateKey is RSA with ${bits} bits; the platform accepts ${RSA_MODULUS_BITS_MIN} and more`,
  )
}

function unreadable(cause: unknown): BursarConfigurationError {
  return new BursarConfigurationError(
    'privateKey is not a readable PEM private key; pass the whole text, ' +
      'from "-----BEGIN PRIVATE KEY-----" (PKCS#8) to the end line',
    { cause },
  )
}
