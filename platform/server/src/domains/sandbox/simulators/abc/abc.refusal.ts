/** The bank's return codes and what it says with them. They stay out of the platform's own errors. */
export const ABC_REFUSALS = {
  EUNKWN: '交易结果未知，请进行查证明确交易结果',
  E001: '订单不存在',
  E002: '订单已支付',
  E003: '订单已关闭',
  E004: '订单已退款',
  E005: '退款金额超过可退金额',
  E006: '订单号重复，且交易要素与原交易不一致',
  E007: '对账单尚未生成',
  E008: '该日无交易',
  E009: '交易被拒绝，请联系银行',
  APE001: '系统错误',
  APE002: '商户信息不存在',
  APE009: '请求报文格式错误',
  APE400: '签名验证失败',
} as const

export type AbcCode = keyof typeof ABC_REFUSALS

/** A request that the simulated bank does not carry out. */
export class AbcRefusal extends Error {
  override readonly name = 'AbcRefusal'

  constructor(
    readonly code: AbcCode,
    message: string = ABC_REFUSALS[code],
  ) {
    super(message)
  }
}
