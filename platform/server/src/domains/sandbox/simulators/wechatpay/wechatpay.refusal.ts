/**
 * WeChat's error codes and their HTTP status. They are another company's words on its own wire, so they
 * stay out of the platform's error catalogue.
 */
export const WECHATPAY_REFUSALS = {
  APPID_MCHID_NOT_MATCH: 400,
  INVALID_REQUEST: 400,
  NO_STATEMENT_EXIST: 400,
  STATEMENT_CREATING: 400,
  ORDERPAID: 400,
  ORDER_CLOSED: 400,
  PARAM_ERROR: 400,
  SIGN_ERROR: 401,
  NO_AUTH: 403,
  RULE_LIMIT: 403,
  ORDER_NOT_EXIST: 404,
  RESOURCE_NOT_EXISTS: 404,
  SYSTEM_ERROR: 500,
} as const satisfies Record<string, number>

export type WechatpayCode = keyof typeof WECHATPAY_REFUSALS

/** A request the simulated WeChat Pay does not carry out. */
export class WechatpayRefusal extends Error {
  override readonly name = 'WechatpayRefusal'
  readonly status: number

  constructor(
    readonly code: WechatpayCode,
    message: string,
    readonly detail?: Readonly<Record<string, unknown>>,
  ) {
    super(message)
    this.status = WECHATPAY_REFUSALS[code]
  }

  toBody(): Record<string, unknown> {
    const body = { code: this.code, message: this.message }
    return this.detail === undefined ? body : { ...body, detail: this.detail }
  }
}
