import { createHash, type KeyObject, sign, verify, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { isWithinValidity } from '../channel-setting.checks.js'
import type { Fields } from './unionpay.fields.js'

// The callback form leaves the event loop free: a signature of RSA 2048 takes about a millisecond.
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign)

const SIGNER_NAME_PART = 2

export interface Signer {
  readonly privateKey: KeyObject
  readonly certId: string
}

/** Adds `certId` and `signature`; fields without a value are left out, as they are not signed. */
export async function signFields(fields: Fields, signer: Signer): Promise<Fields> {
  const filled = Object.entries(fields).filter(([, value]) => value !== '')
  const signed = { ...Object.fromEntries(filled), certId: signer.certId }
  const signature = await signAsync('sha256', digest(signed), signer.privateKey)
  return { ...signed, signature: signature.toString('base64') }
}

export interface Trust {
  readonly root: X509Certificate
  readonly middle: X509Certificate
  readonly signerName: string
}

/** Answers null when UnionPay signed the fields, otherwise why that is not believed. */
export function findSignatureFault(fields: Fields, trust: Trust, now: Date): string | null {
  const { signature: signatureText, signPubKeyCert } = fields
  if (!signatureText || !signPubKeyCert) return 'it is not signed'
  const certificate = parseCertificate(signPubKeyCert)
  if (!certificate) return 'its certificate does not parse'
  const fault = findCertificateFault(certificate, trust, now)
  if (fault) return fault
  const signature = decodeBase64(signatureText)
  if (!signature) return 'its signature is not base64'
  const isSigned = verify('sha256', digest(fields), certificate.publicKey, signature)
  return isSigned ? null : 'its signature is wrong'
}

/** The text of the SHA-256 in lower-case hex; it, and not the hash's own bytes, is what gets signed. */
function digest(fields: Fields): Buffer {
  const names = Object.keys(fields).filter((name) => name !== 'signature')
  // Names are ASCII, so comparing code units is comparing bytes.
  const text = names
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
  return Buffer.from(createHash('sha256').update(text, 'utf8').digest('hex'))
}

/** The chain, the dates and the owner of a certificate that came along with a message. */
function findCertificateFault(
  certificate: X509Certificate,
  { root, middle, signerName }: Trust,
  now: Date,
): string | null {
  if (![certificate, middle, root].every((one) => isWithinValidity(one, now))) {
    return 'a certificate of its chain has expired, or is not valid yet'
  }
  if (!isIssued(certificate, middle) || !isIssued(middle, root)) {
    return 'its certificate was not issued by the configured authority'
  }
  if (certificate.ca) return 'its certificate is that of an authority'
  if (signerOf(certificate) !== signerName) return 'its certificate belongs to somebody else'
  return certificate.publicKey.asymmetricKeyType === 'rsa' ? null : 'its key is not RSA'
}

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

/** `CN=041@Z12@中国银联股份有限公司@00000001`: the third part is the owner. */
function signerOf(certificate: X509Certificate): string | undefined {
  const names = certificate.subject.split('\n').filter((line) => line.startsWith('CN='))
  return names.length === 1 ? names[0]?.slice('CN='.length).split('@')[SIGNER_NAME_PART] : undefined
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** Node skips what isn't base64, so two texts could mean one signature; only the canonical one may. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
