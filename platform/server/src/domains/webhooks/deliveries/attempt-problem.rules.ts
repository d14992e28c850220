import type { WebhookAnswer } from './delivery.types.js'

/** What was wrong with an answer, for programs and in the words of both languages. */
export interface AttemptProblem {
  readonly code: string
  readonly en: string
  readonly zh: string
}

type Answered = Pick<WebhookAnswer, 'response_status' | 'error'>

/** Null: it was accepted. */
export function problemOf({ response_status: status, error }: Answered): AttemptProblem | null {
  if (status === null) return silenceOf(error ?? '')
  if (status >= 200 && status < 300) return null
  return BY_STATUS[status] ?? byClass(status)
}

const BY_STATUS: Readonly<Record<number, AttemptProblem>> = {
  401: {
    code: 'asks_for_credentials',
    en: 'The receiver answered 401: it asks for credentials. Webhooks prove themselves by their signature; let this path through.',
    zh: '接收端返回 401，要求登录凭证。回调以签名证明身份，请放行该路径。',
  },
  403: {
    code: 'forbidden',
    en: 'The receiver answered 403. Often a firewall or CSRF protection is in front of it, or the signature was checked with another secret.',
    zh: '接收端返回 403。常见原因：前置防火墙或 CSRF 防护，或验签使用了另一个密钥。',
  },
  404: {
    code: 'not_found',
    en: 'The receiver answered 404: nothing listens at this path. Compare the URL of the endpoint with your routes.',
    zh: '接收端返回 404，该路径没有处理程序。请核对回调地址与路由。',
  },
  405: {
    code: 'method_not_allowed',
    en: 'The receiver answered 405: its route takes no POST.',
    zh: '接收端返回 405，该路由不接受 POST。',
  },
  410: {
    code: 'gone',
    en: 'The receiver answered 410: it wants nothing any more, so the endpoint was disabled.',
    zh: '接收端返回 410，表示不再接收，回调地址已停用。',
  },
  413: {
    code: 'body_too_large',
    en: 'The receiver answered 413: it takes no body of this size. Allow 1 MiB.',
    zh: '接收端返回 413，请求体超过其限制。请允许 1 MiB。',
  },
  415: {
    code: 'media_type_refused',
    en: 'The receiver answered 415: it does not take application/json.',
    zh: '接收端返回 415，不接受 application/json。',
  },
  429: {
    code: 'too_many_requests',
    en: 'The receiver answered 429: it limits how much it takes. The next tries come later by themselves.',
    zh: '接收端返回 429，限制了接收速率。后续会按间隔自动重试。',
  },
}

function byClass(status: number): AttemptProblem {
  if (status >= 300 && status < 400) {
    return {
      code: 'redirected',
      en: `The receiver answered ${status}: a redirect, which is not followed. Put the final address into the endpoint's url.`,
      zh: `接收端返回 ${status} 重定向，平台不跟随。请将回调地址改为最终地址。`,
    }
  }
  if (status >= 500) {
    return {
      code: 'receiver_failed',
      en: `The receiver answered ${status}: it failed. Its own log says why. Store the event first, answer, then work.`,
      zh: `接收端返回 ${status}，处理出错，原因见接收端日志。建议先保存事件并应答，再处理业务。`,
    }
  }
  return {
    code: 'refused',
    en: `The receiver answered ${status}. Only 2xx means that the event was taken.`,
    zh: `接收端返回 ${status}。只有 2xx 表示已接收事件。`,
  }
}

/** By the codes of Node, which the client puts at the end of what it says. */
const SILENCES: readonly (readonly [RegExp, AttemptProblem])[] = [
  [
    /no answer within/,
    {
      code: 'timeout',
      en: 'There was no answer within 15 seconds. Store the event, answer, then work.',
      zh: '15 秒内没有应答。请先保存事件并应答，再处理业务。',
    },
  ],
  [
    /ECONNREFUSED/,
    {
      code: 'connection_refused',
      en: 'Nothing listens at this host and port. Is the receiver running?',
      zh: '该主机与端口无人监听。接收端是否已启动？',
    },
  ],
  [
    /ENOTFOUND|ENODATA|ESERVFAIL|EBADNAME|ETIMEOUT/,
    {
      code: 'name_not_resolved',
      en: 'The name of the host cannot be resolved. Check the url and the public DNS.',
      zh: '主机名无法解析。请检查回调地址与公网 DNS。',
    },
  ],
  [
    /public address|The endpoint's url/,
    {
      code: 'address_refused',
      en: 'The address is not one that webhooks are sent to: it must be public (in test mode also this very machine).',
      zh: '该地址不在允许范围内：必须是公网地址（测试模式也允许本机）。',
    },
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|TLS|SSL|EPROTO/,
    {
      code: 'tls_failed',
      en: 'The TLS connection failed: the certificate is expired, self-signed, for another name, or lacks its chain.',
      zh: 'TLS 连接失败：证书过期、自签名、域名不符或缺少证书链。',
    },
  ],
  [
    /ECONNRESET|EPIPE|HPE_/,
    {
      code: 'connection_broken',
      en: 'The connection was closed before an answer came.',
      zh: '连接在应答前被关闭。',
    },
  ],
  [
    /EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/,
    {
      code: 'not_reachable',
      en: 'The host cannot be reached. A firewall may be in the way.',
      zh: '主机不可达，可能被防火墙拦截。',
    },
  ],
]

function silenceOf(error: string): AttemptProblem {
  const known = SILENCES.find(([pattern]) => pattern.test(error))
  return (
    known?.[1] ?? {
      code: 'no_answer',
      en: `There was no answer. ${error}`,
      zh: `没有应答。${error}`,
    }
  )
}
