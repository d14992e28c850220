import { businessDate, type Clock } from '../../../kernel/clock.js'
import type { StatementResult } from '../channel.port.js'
import type { WechatpayClient, WechatpayReply } from './wechatpay.client.js'
import { readError, unknown } from './wechatpay.mapper.js'
import type { WechatpayMerchant } from './wechatpay.settings.js'
import { PATH, TradeBillMessage } from './wechatpay.wire.js'
import { StatementFile } from './wechatpay-statement.file.js'
import { readLines, surveyBill } from './wechatpay-statement.rows.js'

/** "建议商户10点后再获取": before that, WeChat may say that a bill does not exist which will. */
const READY_HOUR_MS = 10 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** The trade bill of a day, every payment and refund in it. */
export class WechatpayStatements {
  constructor(
    private readonly client: WechatpayClient,
    private readonly clock: Clock,
  ) {}

  async fetch(merchant: WechatpayMerchant, day: string): Promise<StatementResult> {
    if (day >= businessDate(this.clock.now())) {
      return { kind: 'not_ready', reason: 'the day is not over yet' }
    }
    const path = PATH.tradeBill(day)
    const reply = await this.client.send(merchant, { method: 'GET', path })
    const bill = this.mapBill(reply, day)
    return bill.kind === 'found' ? this.read(merchant, bill.bill) : bill
  }

  private mapBill(reply: WechatpayReply, day: string): Bill {
    if (reply.kind === 'doubtful') return unknown(reply.reason)
    if (reply.status === 200) {
      const bill = TradeBillMessage.safeParse(reply.json)
      return bill.success
        ? { kind: 'found', bill: bill.data }
        : unknown('a bill without a usable address or hash')
    }
    const error = readError(reply.status, reply.json)
    if (error.word === 'STATEMENTCREATING') return { kind: 'not_ready', reason: error.text }
    if (error.word !== 'NOSTATEMENTEXIST') return unknown(error.text)
    return this.isReadyTime(day) ? { kind: 'empty' } : { kind: 'not_ready', reason: error.text }
  }

  private isReadyTime(day: string): boolean {
    const startMs = Date.parse(`${day}T00:00:00+08:00`)
    return this.clock.now().getTime() >= startMs + DAY_MS + READY_HOUR_MS
  }

  private async read(
    merchant: WechatpayMerchant,
    bill: TradeBillMessage,
  ): Promise<StatementResult> {
    const file = await StatementFile.open()
    let isKept = false
    try {
      const reply = await this.client.download(merchant, bill.download_url, (body) => {
        return file.save(body)
      })
      if (reply.kind === 'doubtful') return unknown(reply.reason)
      if (file.sha1 !== bill.hash_value.toLowerCase()) {
        return unknown('the bill is not the file whose hash WeChat Pay signed')
      }
      const survey = await surveyBill(file)
      if (!survey) return unknown('the bill has not the columns it should have')
      isKept = true
      return { kind: 'ready', lines: readLines(file, merchant.merchant_id), totals: survey.totals }
    } finally {
      if (!isKept) await file.close()
    }
  }
}

type Bill =
  | { readonly kind: 'found'; readonly bill: TradeBillMessage }
  | Exclude<StatementResult, { kind: 'ready' }>
