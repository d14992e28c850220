// Tests only: UnionPay's side, written from the page of the wire: a chain of certificates, signed
// messages, and statement files.
import 'reflect-metadata'
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  webcrypto,
} from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509'
import { zipSync } from 'fflate'
import iconv from 'iconv-lite'
import { makeSelfSigned } from '../../sandbox/accounts/self-signed.certificate.js'
import type { ChannelAccount } from '../channel.port.js'

export const NOW = new Date('2026-12-01T02:34:56Z')
export const MERCHANT_ID = '777290058110097'
export const SIGNER = '041@Z12@00040000:SIGN@00000001'
const DAY_MS = 24 * 60 * 60 * 1000
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

export interface Authority {
  readonly pem: string
  readonly key: KeyObject
}

export interface CertificateWish {
  readonly subject: string
  readonly issuer?: Authority & { readonly subject: string }
  readonly isAuthority?: boolean
  readonly from?: Date
  readonly to?: Date
}

/** A certificate of a new key, self-signed unless somebody issues it. */
export async function issue(wish: CertificateWish): Promise<Authority & { subject: string }> {
  const { subject, issuer, isAuthority = false } = wish
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const signingKey = issuer ? issuer.key : privateKey
  const pkcs8 = signingKey.export({ type: 'pkcs8', format: 'der' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(8).toString('hex')}`,
    subject: `CN=${subject}`,
    issuer: `CN=${issuer?.subject ?? subject}`,
    notBefore: wish.from ?? new Date(Date.now() - 400 * DAY_MS),
    notAfter: wish.to ?? new Date(Date.now() + 4_000 * DAY_MS),
    signingAlgorithm: RSA,
    signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, RSA, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, RSA, true, ['verify']),
    extensions: [new BasicConstraintsExtension(isAuthority, undefined, true)],
  })
  return { subject, pem: certificate.toString('pem'), key: privateKey }
}

export interface UnionpayFixture {
  readonly account: ChannelAccount
  readonly settings: Readonly<Record<string, string>>
  readonly root: Authority & { readonly subject: string }
  readonly middle: Authority & { readonly subject: string }
  readonly signer: Authority
}

export async function makeUnionpayFixture(baseUrl = 'http://localhost:1/unionpay') {
  const root = await issue({ subject: 'root', isAuthority: true })
  const middle = await issue({ subject: 'middle', issuer: root, isAuthority: true })
  const signer = await issue({ subject: SIGNER, issuer: middle })
  const merchant = await makeSelfSigned('merchant', new Date(Date.now() - DAY_MS))
  const settings = {
    base_url: baseUrl,
    file_url: `${baseUrl}/file/`,
    merchant_private_key: merchant.private_key_pem,
    merchant_certificate: merchant.certificate_pem,
    root_certificate: root.pem,
    middle_certificate: middle.pem,
    signer_name: '00040000:SIGN',
  }
  const fixture: UnionpayFixture = {
    account: {
      institution_id: 'inst_00000000000000000000000000',
      livemode: false,
      id: 'cha_00000000000000000000000000',
      channel: 'unionpay',
      merchant_id: MERCHANT_ID,
      settings,
    },
    ...{ settings, root, middle, signer },
  }
  return fixture
}

/** Fields as UnionPay signs them. */
export function seal(fields: Record<string, string>, by: Authority): Record<string, string> {
  const all = { ...fields, signPubKeyCert: by.pem }
  const text = Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const hex = createHash('sha256').update(text).digest('hex')
  const key = createPrivateKey(by.key.export({ type: 'pkcs8', format: 'pem' }).toString())
  return { ...all, signature: sign('sha256', Buffer.from(hex), key).toString('base64') }
}

/** How a synchronous answer looks: not percent-encoded. */
export function toAnswer(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

export const PAID = {
  version: '5.1.0',
  encoding: 'UTF-8',
  signMethod: '01',
  txnType: '01',
  txnSubType: '01',
  bizType: '000201',
  accessType: '0',
  merId: MERCHANT_ID,
  orderId: 'ORDER0000000000000000000001',
  txnTime: '20261201103000',
  txnAmt: '12345',
  currencyCode: '156',
  queryId: '202612011030000000001',
  traceNo: '123456',
  traceTime: '1201103112',
  settleDate: '1201',
  reqReserved: 'T20261201110000',
  respCode: '00',
  respMsg: '成功[0000000]',
} as const

export const REFUNDED = {
  ...PAID,
  txnType: '04',
  txnSubType: '00',
  orderId: 'REFUND000000000000000000001',
  txnAmt: '345',
  queryId: '202612011130000000002',
  origQryId: PAID.queryId,
  reqReserved: `R${PAID.orderId}`,
} as const

const WIDTHS = [
  3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2, 6, 2, 4, 32, 1, 21, 15,
  1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98,
]

/** One ZM line from fields by their number. */
export function zmLine(fields: Readonly<Record<number, string>>): Buffer {
  const parts = WIDTHS.map((width, index) => {
    const bytes = iconv.encode(fields[index + 1] ?? '', 'gbk')
    return Buffer.concat([bytes, Buffer.alloc(width - bytes.length, ' ')])
  })
  return Buffer.concat(parts.flatMap((part, index) => (index ? [Buffer.from(' '), part] : [part])))
}

export const ZM_PAYMENT = {
  1: 'S22',
  5: '1201103112',
  7: '000000012345',
  10: PAID.queryId,
  12: PAID.orderId,
  16: 'D000000000074',
  20: '01',
  28: MERCHANT_ID,
  31: '示范大学',
} as const

export const ZM_REFUND = {
  ...ZM_PAYMENT,
  1: 'S30',
  7: '000000000345',
  10: REFUNDED.queryId,
  12: REFUNDED.orderId,
  16: 'C000000000002',
  20: '04',
  27: PAID.queryId,
  41: PAID.orderId,
} as const

/** `fileContent`: base64 of a deflated zip archive. */
export function toFileContent(files: Readonly<Record<string, Uint8Array>>): string {
  return deflateSync(Buffer.from(zipSync({ ...files }))).toString('base64')
}
