// x509's dependency injection needs it, and this file may be loaded before the server's entry point.
import 'reflect-metadata'
import { KeyObject, randomBytes, webcrypto } from 'node:crypto'
import { X509CertificateGenerator } from '@peculiar/x509'

const LIFETIME_MS = 10 * 365 * 24 * 60 * 60 * 1000
const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
}

export interface CertifiedKey {
  readonly certificate_pem: string
  readonly private_key_pem: string
}

/** A key with a certificate of its own, for companies that exist in the sandbox only. */
export async function makeSelfSigned(
  commonName: string,
  validFrom = new Date(),
  validTo = new Date(validFrom.getTime() + LIFETIME_MS),
): Promise<CertifiedKey> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // RFC 5280 section 4.1.2.2: positive, at most 20 octets.
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    name: `CN=${commonName}`,
    notBefore: validFrom,
    notAfter: validTo,
    signingAlgorithm: ALGORITHM,
    keys,
  })
  return {
    certificate_pem: certificate.toString('pem'),
    private_key_pem: KeyObject.from(keys.privateKey)
      .export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  }
}
