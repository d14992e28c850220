import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOCS } from './structure.mjs'

/**
 * What people wrote about the codes, docs/errors/<locale>.md: a heading per code; its first paragraph says
 * what happened and why, the second what to do, and more may follow.
 * @returns {Map<string, { meaning: string, advice: string, more: string }>}
 */
export function readErrorTexts(locale) {
  const path = join(DOCS, 'errors', `${locale}.md`)
  if (!existsSync(path)) return new Map()
  const [, ...parts] = readFileSync(path, 'utf8').split(/^## /m)
  return new Map(
    parts.map((part) => {
      const [code, ...paragraphs] = part.trim().split(/\n{2,}/)
      if (paragraphs.length < 2) {
        throw new Error(
          `errors/${locale}.md: ${code} needs a paragraph of meaning and one of advice`,
        )
      }
      const [meaning, advice, ...more] = paragraphs
      return [code, { meaning, advice, more: more.join('\n\n') }]
    }),
  )
}

/** What can be said of a code of which nobody has written yet. */
export function plainTextOf({ status, retryable }, locale) {
  const kind = retryable ? 'again' : status >= 500 ? 'ours' : status === 404 ? 'missing' : 'yours'
  return { ...PLAIN[locale][kind], more: '' }
}

const PLAIN = {
  en: {
    again: {
      meaning: 'The call could not be carried out at this moment.',
      advice: 'Wait a little and send the same call again, with the same `Idempotency-Key`.',
    },
    ours: {
      meaning: 'Something went wrong on our side.',
      advice: 'Tell us the `request_id` of the answer.',
    },
    missing: {
      meaning: 'There is no such object, or it belongs to somebody else, or to the other mode.',
      advice: 'Check the id, and whether your key is of the right app and the right mode.',
    },
    yours: {
      meaning: 'The call was refused as it is. `detail` in the answer names what is wrong with it.',
      advice: 'Correct what `detail` names; sending the same call again brings the same answer.',
    },
  },
  'zh-CN': {
    again: {
      meaning: '此刻无法完成这次调用。',
      advice: '稍等片刻，用同一个 `Idempotency-Key` 重发同样的请求。',
    },
    ours: { meaning: '平台内部出了问题。', advice: '请把应答里的 `request_id` 告诉我们。' },
    missing: {
      meaning: '对象不存在，或者属于别的应用，或者属于另一种模式。',
      advice: '核对编号，并确认所用密钥的应用和模式都正确。',
    },
    yours: {
      meaning: '请求本身被拒绝，原因见应答中的 `detail`。',
      advice: '按 `detail` 改正请求；原样重发只会得到同样的应答。',
    },
  },
}
