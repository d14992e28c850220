import { createPrivateKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto'
import iconv from 'iconv-lite'
import { makeSelfSigned } from '../../sandbox/accounts/self-signed.certificate.js'
import type { ChannelAccount, RawNotification } from '../channel.port.js'

/** Tests only: both ends of a merchant relation, the bank's written from its documentation. */
export interface AbcFixture {
  readonly account: ChannelAccount
  readonly settings: Readonly<Record<string, string>>
  readonly merchantCertificate: X509Certificate
  readonly bankPrivateKey: KeyObject
}

export const MERCHANT_ID = '103881636900016'

export async function makeAbcFixture(baseUrl = 'http://localhost:1/abc'): Promise<AbcFixture> {
  const merchant = await makeSelfSigned(`EBUS.merchant.${MERCHANT_ID}`)
  const bank = await makeSelfSigned('MainServer.0001')
  const settings = {
    base_url: baseUrl,
    merchant_certificate: merchant.certificate_pem,
    merchant_private_key: merchant.private_key_pem,
    bank_certificate: bank.certificate_pem,
  }
  return {
    settings,
    account: {
      institution_id: 'inst_00000000000000000000000000',
      livemode: false,
      id: 'cha_00000000000000000000000000',
      channel: 'abc',
      merchant_id: MERCHANT_ID,
      settings,
    },
    merchantCertificate: new X509Certificate(merchant.certificate_pem),
    bankPrivateKey: createPrivateKey(bank.private_key_pem),
  }
}

/** An answer of the bank; `spelling` may write the same message in another way before it is signed. */
export function sealAnswer(
  key: KeyObject,
  trxResponse: object,
  merchantId = MERCHANT_ID,
  spelling: (json: string) => string = (json) => json,
): Buffer {
  const message = iconv.encode(
    spelling(
      JSON.stringify({
        Version: 'V3.0.0',
        Format: 'JSON',
        Common: { Channel: 'EBUS' },
        Merchant: { ECMerchantType: 'EBUS', MerchantID: merchantId },
        TrxResponse: trxResponse,
      }),
    ),
    'gb18030',
  )
  const signature = sign('sha1', message, key).toString('base64')
  return Buffer.concat([
    Buffer.from('{"MSG":{"Message":'),
    message,
    Buffer.from(`,"Signature-Algorithm":"SHA1withRSA","Signature":"${signature}"}}`),
  ])
}

/** Base64 of the JSON inside an answer to a query. */
export function sealOrder(order: object): string {
  return iconv.encode(JSON.stringify(order), 'gb18030').toString('base64')
}

/** The request inside an envelope, once its signature was checked the way the bank would. */
export function openRequest(body: Buffer, certificate: X509Certificate): Record<string, unknown> {
  const start = body.indexOf('"Message":') + '"Message":'.length
  const end = body.indexOf(',"Signature-Algorithm"')
  const signature = /"Signature":"([^"]+)"/.exec(body.toString('latin1'))?.[1] ?? ''
  const message = body.subarray(start, end)
  if (!verify('sha1', message, certificate.publicKey, Buffer.from(signature, 'base64'))) {
    throw new Error('the request is not signed by the merchant')
  }
  return Object(JSON.parse(iconv.decode(message, 'gb18030')))
}

export const PAID_FIELDS = {
  ReturnCode: '0000',
  ErrorMessage: '交易成功',
  ECMerchantType: 'EBUS',
  MerchantID: MERCHANT_ID,
  TrxType: 'ABCSoftTokenPay',
  OrderNo: '01JDA0000000000000000ORDER',
  Amount: '123.45',
  BatchNo: '001306',
  VoucherNo: '937228',
  HostDate: '2026/12/01',
  HostTime: '10:34:56',
  PayType: 'EP072',
  NotifyType: '1',
  iRspRef: '9RECEP01164952172053',
  AccDate: '20261201',
} as const

export function sealNotification(
  key: KeyObject,
  fields: Readonly<Record<string, string>>,
): RawNotification {
  const inside = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  return sealXml(key, `<TrxResponse>${inside.join('')}</TrxResponse>`)
}

/** A notification around whatever the bank signed. */
export function sealXml(key: KeyObject, text: string): RawNotification {
  const message = iconv.encode(text, 'gb18030')
  const signature = sign('sha1', message, key).toString('base64')
  const xml = Buffer.concat([
    Buffer.from('<MSG><Message>'),
    message,
    Buffer.from('</Message><Signature-Algorithm>SHA1withRSA</Signature-Algorithm>'),
    Buffer.from(`<Signature>${signature}</Signature></MSG>`),
  ])
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams({ MSG: xml.toString('base64') }).toString()),
  }
}
