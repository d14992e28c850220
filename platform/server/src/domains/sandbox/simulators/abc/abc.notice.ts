import iconv from 'iconv-lite'
import type { Response } from './abc.answers.js'
import { CHARSET, signBytes } from './abc.envelope.js'
import type { BankKeyRecord } from './abc.types.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** In the bank's order; a store keeps members in an order of its own. */
const MEMBERS = [
  ...['ReturnCode', 'ErrorMessage', 'ECMerchantType', 'MerchantID', 'TrxType', 'OrderNo', 'Amount'],
  ...[
    'BatchNo',
    'VoucherNo',
    'HostDate',
    'HostTime',
    'PayType',
    'NotifyType',
    'iRspRef',
    'AccDate',
  ],
  ...['AcqFee', 'IssFee', 'JrnNo'],
]

/** The field `MSG` of a notification: base64 of signed XML. Without a key it is not signed at all. */
export function toMsg(response: Response, key: BankKeyRecord | null): string {
  const members = MEMBERS.map((name) => element(name, escapeXml(response[name] ?? '')))
  const message = element('TrxResponse', members.join(''))
  const signature = key
    ? element('Signature-Algorithm', 'SHA1withRSA') +
      element('Signature', signBytes(iconv.encode(message, CHARSET), key))
    : ''
  const xml = element('MSG', element('Message', message) + signature)
  return iconv.encode(xml, CHARSET).toString('base64')
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}
