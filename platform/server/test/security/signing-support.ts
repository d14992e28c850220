import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { KeyCache } from '../../src/gateway/authentication/signature/key-cache.js'
import type {
  ApiKeyForVerification,
  KeyDirectory,
  KeyOwner,
} from '../../src/gateway/authentication/signature/key-directory.port.js'
import { ReadNonceCache } from '../../src/gateway/authentication/signature/read-nonce.cache.js'
import { SignatureError } from '../../src/gateway/authentication/signature/signature.errors.js'
import type { RequestToVerify } from '../../src/gateway/authentication/signature/signature.reader.js'
import { SignatureVerifier } from '../../src/gateway/authentication/signature/signature.verifier.js'
import { makeContentDigest } from '../../src/infra/crypto/content-digest.js'
import { buildSignatureBase } from '../../src/infra/crypto/http-signature.base.js'
import { HeaderFields } from '../../src/infra/crypto/http-signature.headers.js'
import {
  composeSignatureInput,
  signWithKey,
} from '../../src/infra/crypto/http-signature.sign.fixture.js'
import type { SignatureAlgorithm } from '../../src/infra/crypto/http-signature.verify.js'
import type { Clock } from '../../src/kernel/clock.js'
import { API_VERSION_LATEST } from '../../src/versions/versions.js'

export interface VectorKey {
  readonly key_id: string
  readonly role: 'app' | 'platform'
  readonly algorithm: SignatureAlgorithm
  readonly public_key: string
  readonly test_private_key: string
}

export interface RequestVector {
  readonly name: string
  readonly valid: boolean
  readonly error: string | null
  readonly key_id: string
  readonly algorithm: SignatureAlgorithm
  readonly request: {
    readonly method: string
    readonly target: string
    readonly target_uri: string
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string | null
  }
  readonly why: string | null
  readonly signature_input: string
  readonly signed_base: string
  readonly expected_base: string | null
  readonly signature: string
}

export interface ResponseVector {
  readonly name: string
  readonly valid: boolean
  readonly error: string | null
  readonly why: string | null
  readonly key_id: string
  readonly request: { readonly method: string; readonly target_uri: string }
  readonly response: {
    readonly status: number
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string
  }
  readonly signed_base: string
}

export interface SigningVectors {
  readonly now: number
  readonly public_origin: string
  readonly keys: readonly VectorKey[]
  readonly requests: readonly RequestVector[]
  readonly responses: readonly ResponseVector[]
}

export const vectors: SigningVectors = JSON.parse(
  readFileSync(new URL('../../../../openapi/vectors/signing.json', import.meta.url), 'utf8'),
)

export function keyOf(algorithm: SignatureAlgorithm): VectorKey {
  const key = vectors.keys.find((candidate) => candidate.algorithm === algorithm)
  if (!key) throw new Error(`no test key for ${algorithm}`)
  return key
}

export function keyRow(key: VectorKey, changes: Partial<ApiKeyForVerification> = {}) {
  return {
    institution_id: 'inst_00000000000000000000000001',
    department_id: 'dept_00000000000000000000000001',
    app_id: 'app_00000000000000000000000001',
    id: key.key_id,
    livemode: true,
    algorithm: key.algorithm,
    public_key: key.public_key,
    scopes: [],
    app_scopes: ['payments:read', 'payments:write'],
    api_version: API_VERSION_LATEST,
    not_before: new Date(0),
    not_after: null,
    revoked_at: null,
    allowed_ips: [],
    is_suspended: false,
    ...changes,
  } satisfies ApiKeyForVerification
}

/** A directory in memory that counts its questions. */
export class MemoryKeyDirectory implements KeyDirectory {
  readonly rows = new Map<string, ApiKeyForVerification>()
  questions = 0

  constructor(rows: readonly ApiKeyForVerification[]) {
    for (const row of rows) this.rows.set(row.id, row)
  }

  async find(keyId: string): Promise<ApiKeyForVerification | null> {
    this.questions += 1
    return this.rows.get(keyId) ?? null
  }

  async findOfApp(app: KeyOwner): Promise<readonly ApiKeyForVerification[]> {
    return [...this.rows.values()].filter(
      (row) => row.app_id === app.app_id && row.livemode === app.livemode,
    )
  }
}

export const vectorClock: Clock = { now: () => new Date(vectors.now * 1000) }

export function makeVerifier(changes: Partial<ApiKeyForVerification> = {}, clock = vectorClock) {
  const directory = new MemoryKeyDirectory(vectors.keys.map((key) => keyRow(key, changes)))
  const verifier = new SignatureVerifier(new KeyCache(directory), new ReadNonceCache(1000), clock)
  return { directory, verifier }
}

export interface SigningOptions {
  readonly key?: VectorKey
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly string[]
  readonly body?: string | null
  readonly nonce?: string
  readonly parameters?: Readonly<Record<string, string | number>>
  /** Changes the string just before it is signed: the mistakes that signers make. */
  readonly spoil?: (base: Buffer) => Buffer
}

let nonceCount = 0

/** Signs as an app would; every call has a new nonce unless one is given. */
export function signRequest(options: SigningOptions = {}): RequestToVerify {
  const key = options.key ?? keyOf('ed25519')
  const body = options.body === undefined ? '{"amount":12800}' : options.body
  const method = options.method ?? (body === null ? 'GET' : 'POST')
  const targetUri = `https://pay.example.edu${options.target ?? '/v1/payments?a=1'}`
  const bodyHeaders =
    body === null
      ? []
      : ['content-type', 'application/json', 'content-digest', makeContentDigest(Buffer.from(body))]
  const headers = [...bodyHeaders, ...(options.headers ?? [])]
  const names = headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())
  const components = ['@method', '@target-uri', ...new Set(names)].map((name) => ({
    name,
    isFromRequest: false,
  }))
  nonceCount += 1
  const input = composeSignatureInput(components, {
    created: vectors.now,
    nonce: options.nonce ?? `nonce-${String(nonceCount).padStart(12, '0')}`,
    keyid: key.key_id,
    tag: 'bursar-request',
    ...options.parameters,
  })
  const built = buildSignatureBase(input, { method, targetUri, headers: new HeaderFields(headers) })
  const base = options.spoil?.(built) ?? built
  const signature = signWithKey(key.algorithm, createPrivateKey(key.test_private_key), base)
  return {
    method,
    targetUri,
    rawHeaders: [
      ...headers,
      'signature-input',
      `bursar=${input.serialized}`,
      'signature',
      `bursar=:${signature.toString('base64')}:`,
    ],
    rawBody: body === null ? null : Buffer.from(body),
  }
}

/** `accepted`, or the code of the refusal. Anything but a SignatureError is a bug and is rethrown. */
export async function outcomeOf(
  verifier: SignatureVerifier,
  request: RequestToVerify,
): Promise<string> {
  try {
    await verifier.verify(request)
    return 'accepted'
  } catch (error) {
    if (error instanceof SignatureError) return error.code
    throw error
  }
}
