// x509's dependency injection needs it, and this file may be loaded before the server's entry point.
import 'reflect-metadata'
// x509's dependency injection needs it, and this file may be loaded before the server's entry point.
import 'reflect-metadata'
import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { AuthorityRecord } from './unionpay.types.js'

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const RSA_BITS = 2048
const DAY_MS = 24 * 60 * 60 * 1000
const VALID_DAYS = 20 * 365
const ORGANISATION = 'O=OpenBursar sandbox, C=CN'
/** The third part of the signer's name, as in UnionPay's test environment. */
export const SIGNER_NAME = '00040000:SIGN'

const generateKeyPairAsync = promisify(generateKeyPair)

interface Certificate {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  /** The issuer's. */
  readonly signingKey: KeyObject
  readonly isAuthority: boolean
}

/** Root, middle and signing certificate with the key of the last, as UnionPay and CFCA hold them. */
export async function makeChain(): Promise<AuthorityRecord> {
  const root = await makeKeys()
  const middle = await makeKeys()
  const signer = await makeKeys()
  const rootName = `CN=OpenBursar sandbox root, ${ORGANISATION}`
  const middleName = `CN=OpenBursar sandbox OCA1, ${ORGANISATION}`
  return {
    root_certificate: await makeCertificate({
      ...{ subject: rootName, issuer: rootName, isAuthority: true },
      ...{ publicKey: root.publicKey, signingKey: root.privateKey },
    }),
    middle_certificate: await makeCertificate({
      ...{ subject: middleName, issuer: rootName, isAuthority: true },
      ...{ publicKey: middle.publicKey, signingKey: root.privateKey },
    }),
    signing_certificate: await makeCertificate({
      subject: `CN=041@Z12@${SIGNER_NAME}@00000001, ${ORGANISATION}`,
      ...{ issuer: middleName, isAuthority: false },
      ...{ publicKey: signer.publicKey, signingKey: middle.privateKey },
    }),
    signing_key: signer.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function makeKeys() {
  return generateKeyPairAsync('rsa', { modulusLength: RSA_BITS })
}

/** PEM. Its dates are those of the real clock: it is read by libraries that know no other. */
async function makeCertificate(certificate: Certificate): Promise<string> {
  const { subject, issuer, isAuthority } = certificate
  const notBefore = new Date(Date.now() - DAY_MS)
  const made = await X509CertificateGenerator.create({
    ...{ subject, issuer, notBefore },
    notAfter: new Date(notBefore.getTime() + VALID_DAYS * DAY_MS),
    serialNumber: `40${randomBytes(7).toString('hex')}`,
    signingAlgorithm: ALGORITHM,
    publicKey: derOf(certificate.publicKey, 'spki'),
    signingKey: await crypto.subtle.importKey(
      'pkcs8',
      derOf(certificate.signingKey, 'pkcs8'),
      ALGORITHM,
      false,
      ['sign'],
    ),
    extensions: [
      new BasicConstraintsExtension(isAuthority, undefined, true),
      new KeyUsagesExtension(
        isAuthority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature,
        true,
      ),
    ],
  })
  return made.toString('pem')
}

function derOf(key: KeyObject, type: 'spki' | 'pkcs8'): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(key.export({ type, format: 'der' }))
}
