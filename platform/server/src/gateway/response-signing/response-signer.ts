import { sign } from 'node:crypto'
import { makeContentDigest } from '../../infra/crypto/content-digest.js'
import { buildSignatureBase, targetUriOf } from '../../infra/crypto/http-signature.base.js'
import { HeaderFields } from '../../infra/crypto/http-signature.headers.js'
import type { PlatformKey, PlatformKeys } from '../../infra/crypto/platform-keys.js'
import type { Clock } from '../../kernel/clock.js'
import {
  RESPONSE_COMPONENTS,
  RESPONSE_TAG,
  readAcceptSignature,
  type SignatureWish,
} from './accept-signature.js'

export interface ResponseToSign {
  readonly method: string
  /** The request target, byte for byte as it arrived. */
  readonly rawTarget: string
  readonly status: number
  readonly body: string | Buffer
}

export interface ResponseSignature {
  readonly 'content-digest': string
  readonly 'signature-input': string
  readonly signature: string
}

const NO_HEADERS = new HeaderFields([])
const LIST = '("@status" "content-digest" "@method";req "@target-uri";req)'
/** As long as a request's signature is good. */
const LIFETIME_SECONDS = 300

/** Signs answers with the platform's key, over the request that each one answers (RFC 9421 section 2.4). */
export class ResponseSigner {
  /** What signs when the keys cannot be read just now: an answer that says so deserves a signature too. */
  private lastKey: PlatformKey | undefined

  constructor(
    private readonly keys: Pick<PlatformKeys, 'signer'>,
    private readonly publicOrigin: string,
    private readonly clock: Clock,
  ) {}

  /** The headers to add; null when the request asks for nothing that we can give. */
  async sign(acceptSignature: string, response: ResponseToSign): Promise<ResponseSignature | null> {
    const wish = readAcceptSignature(acceptSignature)
    const targetUri = targetUriOf(this.publicOrigin, response.rawTarget)
    if (!wish || targetUri === null) return null
    const { jwk, privateKey } = await this.key()
    if (wish.keyid !== null && wish.keyid !== jwk.kid) return null
    const digest = makeContentDigest(bytesOf(response.body))
    const serialized = LIST + parametersOf(wish, jwk.kid, this.clock.now())
    const base = buildSignatureBase(
      { components: RESPONSE_COMPONENTS, serialized },
      { method: response.method, targetUri, headers: NO_HEADERS },
      { status: response.status, headers: new HeaderFields(['content-digest', digest]) },
    )
    return {
      'content-digest': digest,
      'signature-input': `${wish.label}=${serialized}`,
      signature: `${wish.label}=:${sign(null, base, privateKey).toString('base64')}:`,
    }
  }

  private async key(): Promise<PlatformKey> {
    try {
      this.lastKey = await this.keys.signer('response')
    } catch (error) {
      if (!this.lastKey) throw error
    }
    return this.lastKey
  }
}

/** `created` and the nonce make it fresh; the tag keeps it from passing for anything but an answer. */
function parametersOf({ nonce, expires }: SignatureWish, kid: string, now: Date): string {
  const created = Math.floor(now.getTime() / 1000)
  const end = expires ? `;expires=${created + LIFETIME_SECONDS}` : ''
  const echo = nonce === null ? '' : `;nonce=${nonce}`
  return `;created=${created}${end};keyid="${kid}";alg="ed25519"${echo};tag="${RESPONSE_TAG}"`
}

function bytesOf(body: string | Buffer): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body
}
