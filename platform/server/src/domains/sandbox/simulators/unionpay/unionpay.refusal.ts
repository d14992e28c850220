/** UnionPay's answer codes, as far as this simulator says them, with its words for them. */
export const RESP_MESSAGES = {
  '00': '成功',
  '03': '交易通讯超时，请发起查询交易',
  '04': '交易状态未明，请查询对账结果',
  '05': '交易已受理，请稍后查询交易结果',
  '10': '报文格式错误',
  '11': '验证签名失败',
  '12': '重复交易',
  '13': '报文交易要素缺失',
  '31': '商户状态不正确',
  '32': '无此交易权限',
  '33': '交易金额超限',
  '34': '查无此交易',
  '35': '原交易不存在或状态不正确',
  '36': '与原交易信息不符',
  '64': '余额不足',
  '98': '文件不存在',
} as const
export type RespCode = keyof typeof RESP_MESSAGES

/** A "no" in UnionPay's own words. */
export class UnionpayRefusal extends Error {
  constructor(
    readonly respCode: RespCode,
    detail = '',
  ) {
    super(detail === '' ? RESP_MESSAGES[respCode] : `${RESP_MESSAGES[respCode]}：${detail}`)
  }
}

/** UnionPay ends its messages with a number of its own. */
export function respMessage(respCode: string): string {
  const known = Object.entries(RESP_MESSAGES).find(([code]) => code === respCode)
  return `${known?.[1] ?? '交易失败'}[${respCode === '00' ? '0000000' : `9100${respCode}0`}]`
}
