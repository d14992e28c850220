import type { WebhookAnswer } from '../deliveries/delivery.types.js'
import type { GradeCaseName, GradeVerdict, Words } from './grade.types.js'

type Answer = Pick<WebhookAnswer, 'response_status' | 'error' | 'duration_ms'>

export interface Judgement {
  readonly verdict: GradeVerdict
  /** What the receiver did. */
  readonly observed: Words
  /** Null when there is nothing to do. */
  readonly advice: Words | null
}

/** What a receiver should do, and what to change when it does not. */
interface CaseWords {
  readonly expected: Words
  readonly advice: Words
}

export const CASE_WORDS: Readonly<Record<GradeCaseName, CaseWords>> = {
  valid: {
    expected: {
      en: 'Answers 2xx to a message that is signed correctly.',
      zh: '签名正确的消息，返回 2xx。',
    },
    advice: {
      en: 'Verify the raw body, before anything parses it, with the secret of this endpoint (whsec_…). Any one of the signatures in webhook-signature is enough.',
      zh: '用本回调地址的密钥（whsec_…）对未解析的原始请求体验签；webhook-signature 中任一签名通过即可。',
    },
  },
  duplicate: {
    expected: {
      en: 'Answers 2xx to a message that it has had before, and does nothing a second time.',
      zh: '重复收到同一消息，返回 2xx，且不重复处理。',
    },
    advice: {
      en: 'Remember webhook-id. When you know it, answer 2xx and do nothing: whatever else you answer is sent again for two days.',
      zh: '记录 webhook-id；已处理过的直接返回 2xx，不再处理。返回其他状态会在两天内不断重发。',
    },
  },
  bad_signature: {
    expected: {
      en: 'Refuses a message whose signature is wrong, with 400 or 401.',
      zh: '签名错误的消息，以 400 或 401 拒绝。',
    },
    advice: {
      en: 'Anybody can POST to this address. Verify the signature before you believe anything, and answer 401 when it is wrong.',
      zh: '任何人都能向该地址发送请求。处理前必须验签，签名错误返回 401。',
    },
  },
  stale_timestamp: {
    expected: {
      en: 'Refuses a message whose webhook-timestamp is ten minutes old, although it is signed correctly.',
      zh: '签名正确但 webhook-timestamp 已过去十分钟的消息，予以拒绝。',
    },
    advice: {
      en: 'Compare webhook-timestamp with your clock and refuse more than five minutes of difference: otherwise whoever recorded a message can send it again at any time.',
      zh: '比较 webhook-timestamp 与本机时间，相差超过五分钟即拒绝，否则消息被截获后可随时重放。',
    },
  },
  reordered: {
    expected: {
      en: 'Answers 2xx to two messages about one object of which the newer comes first.',
      zh: '同一对象的两条消息先新后旧到达，均返回 2xx。',
    },
    advice: {
      en: 'Order is not promised. When a message is older than what you know, answer 2xx and leave things as they are; when in doubt GET the object.',
      zh: '不保证顺序。收到比已知状态更旧的消息时，返回 2xx 且不改动；拿不准时 GET 该对象。',
    },
  },
  unknown_type: {
    expected: {
      en: 'Answers 2xx to a type of event that it does not know, and ignores it.',
      zh: '未知类型的事件，返回 2xx 并忽略。',
    },
    advice: {
      en: 'New types are added at any time. Let the default branch answer 2xx.',
      zh: '事件类型会不断增加。默认分支应返回 2xx。',
    },
  },
  answer_time: {
    expected: {
      en: 'Answers within 2 seconds (15 at the very most).',
      zh: '2 秒内应答（上限 15 秒）。',
    },
    advice: {
      en: 'Store the event, answer, then work. An endpoint that is slow gets fewer messages at once, and none that takes 15 seconds counts as delivered.',
      zh: '先保存事件并应答，再处理业务。应答慢的地址并发会降低，超过 15 秒视为未送达。',
    },
  },
}

const QUICK_MS = 2_000
const SLOW_MS = 10_000

export function judge(name: GradeCaseName, answers: readonly Answer[]): Judgement {
  const observed = wordsOf(answers)
  if (answers.length === 0) return { verdict: 'not_run', observed, advice: null }
  const verdict = verdictOf(name, answers)
  return { verdict, observed, advice: verdict === 'passed' ? null : CASE_WORDS[name].advice }
}

/** Whether the receiver may be relied upon: everything was tried, and nothing went wrong. */
export function isPassed(verdicts: readonly GradeVerdict[]): boolean {
  return verdicts.every((verdict) => verdict === 'passed' || verdict === 'warning')
}

function verdictOf(name: GradeCaseName, answers: readonly Answer[]): GradeVerdict {
  if (name === 'bad_signature' || name === 'stale_timestamp') return refusalOf(answers)
  if (!answers.every(isAccepted)) return 'failed'
  if (name !== 'answer_time') return 'passed'
  const slowest = Math.max(...answers.map(({ duration_ms }) => duration_ms))
  if (slowest <= QUICK_MS) return 'passed'
  return slowest <= SLOW_MS ? 'warning' : 'failed'
}

/** 4xx says "not this"; a 5xx refuses too, but looks like an outage to whoever watches the receiver. */
function refusalOf(answers: readonly Answer[]): GradeVerdict {
  const statuses = answers.map(({ response_status }) => response_status ?? 0)
  if (statuses.every((status) => status >= 400 && status < 500)) return 'passed'
  return statuses.every((status) => status >= 300) ? 'warning' : 'failed'
}

function isAccepted({ response_status: status }: Answer): boolean {
  return status !== null && status >= 200 && status < 300
}

function wordsOf(answers: readonly Answer[]): Words {
  if (answers.length === 0) {
    return { en: 'Not tried: the receiver does not answer.', zh: '未执行：接收端没有应答。' }
  }
  const say = (words: (answer: Answer) => string, join: string) => answers.map(words).join(join)
  return {
    en: say(
      ({ response_status, error, duration_ms }) =>
        response_status === null
          ? `${error ?? 'There was no answer.'}`
          : `Answered ${response_status} after ${duration_ms} ms.`,
      ' ',
    ),
    zh: say(
      ({ response_status, error, duration_ms }) =>
        response_status === null
          ? `没有应答：${error ?? ''}`
          : `${duration_ms} 毫秒后返回 ${response_status}。`,
      '',
    ),
  }
}
