/** `code` and what it says of itself, for each word that the simulated Alipay refuses with. */
const REFUSALS = {
  'aop.unknow-error': ['20000', 'Service Currently Unavailable', '系统繁忙'],
  'aop.ACQ.SYSTEM_ERROR': ['20000', 'Service Currently Unavailable', '系统异常，请稍后查询'],
  'isv.missing-method': ['40001', 'Missing Required Arguments', '缺少方法名参数'],
  'isv.missing-app-id': ['40001', 'Missing Required Arguments', '缺少appID参数'],
  'isv.missing-signature': ['40001', 'Missing Required Arguments', '缺少签名参数'],
  'isv.invalid-app-id': ['40002', 'Invalid Arguments', '无效的AppID参数'],
  'isv.invalid-method': ['40002', 'Invalid Arguments', '不存在的方法名'],
  'isv.invalid-signature-type': ['40002', 'Invalid Arguments', '无效的签名类型'],
  'isv.invalid-charset': ['40002', 'Invalid Arguments', '字符集错误'],
  'isv.invalid-timestamp': ['40002', 'Invalid Arguments', '非法的时间戳参数'],
  'isv.invalid-parameter': ['40002', 'Invalid Arguments', '参数有误'],
  'isv.invalid-signature': [
    '40002',
    'Invalid Arguments',
    '验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配',
  ],
  'isp.bill_not_exist': ['40004', 'Business Failed', '账单不存在'],
  'ACQ.ACCESS_FORBIDDEN': ['40004', 'Business Failed', '无权限使用接口'],
  'ACQ.INVALID_PARAMETER': ['40004', 'Business Failed', '参数无效'],
  'ACQ.CONTEXT_INCONSISTENT': ['40004', 'Business Failed', '交易信息被篡改'],
  'ACQ.TRADE_HAS_SUCCESS': ['40004', 'Business Failed', '交易已被支付'],
  'ACQ.TRADE_HAS_CLOSE': ['40004', 'Business Failed', '交易已经关闭'],
  'ACQ.TRADE_NOT_EXIST': ['40004', 'Business Failed', '交易不存在'],
  'ACQ.TRADE_STATUS_ERROR': ['40004', 'Business Failed', '交易状态不合法'],
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': ['40004', 'Business Failed', '退款金额超限'],
  'ACQ.DISCORDANT_REPEAT_REQUEST': ['40004', 'Business Failed', '请求信息不一致'],
} as const satisfies Record<string, readonly [code: string, msg: string, sub_msg: string]>

export type AlipayWord = keyof typeof REFUSALS

/** A request the simulated Alipay does not carry out. It says so with HTTP 200. */
export class AlipayRefusal extends Error {
  override readonly name = 'AlipayRefusal'

  constructor(
    readonly word: AlipayWord,
    detail = '',
  ) {
    super(detail === '' ? REFUSALS[word][2] : `${REFUSALS[word][2]}：${detail}`)
  }

  toBody(): Record<string, string> {
    const [code, msg] = REFUSALS[this.word]
    return { code, msg, sub_code: this.word, sub_msg: this.message }
  }
}
