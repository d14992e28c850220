import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { plainTextOf, readErrorTexts } from './error-texts.mjs'
import { ERROR_WORDS } from './error-words.mjs'
import { ROOT } from './structure.mjs'

/** One page for each code of the platform's catalogue, and one that lists them. */
export function errorPagesOf(locale) {
  const { errors } = JSON.parse(readFileSync(join(ROOT, 'openapi/errors.json'), 'utf8'))
  const texts = readErrorTexts(locale)
  const entries = errors.map((error) => ({
    ...error,
    ...(texts.get(error.code) ?? plainTextOf(error, locale)),
  }))
  return [listOf(entries, locale), ...entries.map((entry) => pageOf(entry, locale))]
}

function listOf(entries, locale) {
  const words = ERROR_WORDS[locale]
  const groups = Map.groupBy(entries, ({ status }) => status)
  const tables = [...groups]
    .sort(([a], [b]) => a - b)
    .map(([status, own]) => {
      const rows = own.map(
        ({ code, meaning, retryable }) =>
          `| [\`${code}\`](/${locale}/errors/${code}) | ${meaning.replaceAll('\n', ' ')} | ${retryable ? words.yes : ''} |`,
      )
      const head = `| ${words.code} | ${words.meaning} | ${words.retryable} |\n|---|---|---|`
      return `## ${status} · ${words.status[status]}\n\n${head}\n${rows.join('\n')}\n`
    })
  return {
    target: `${locale}/errors/index`,
    title: words.title,
    text: `# ${words.title}\n\n${words.introduction}\n\n${tables.join('\n')}`,
  }
}

function pageOf(entry, locale) {
  const words = ERROR_WORDS[locale]
  const facts = [
    [words.statusLabel, `${entry.status} ${words.status[entry.status]}`],
    [words.retryableLabel, entry.retryable ? words.mayRetry : words.mayNotRetry],
    [
      words.outcomeLabel,
      outcomesOf(entry)
        .map((outcome) => words.outcome[outcome])
        .join(words.or),
    ],
  ]
  const list = facts.map(([name, value]) => `- **${name}** ${value}`).join('\n')
  const parts = [
    `# \`${entry.code}\``,
    entry.meaning,
    list,
    `## ${words.todo}\n\n${entry.advice}`,
    entry.more,
    entry.details.length > 1 ? `## ${words.details}\n\n${detailsOf(entry)}` : '',
    `## ${words.example}\n\n\`\`\`json\n${exampleOf(entry)}\n\`\`\``,
    words.seeAlso,
  ]
  return {
    target: `${locale}/errors/${entry.code}`,
    title: entry.code,
    text: parts.filter(Boolean).join('\n\n'),
    // The bar at the side would have three lines, and the next code by the alphabet is no next step.
    data: { prev: 'false', next: 'false' },
  }
}

const detailsOf = ({ details }) => details.map((detail) => `- ${asText(detail)}`).join('\n')

/** A sentence of the platform, shown to the letter. */
const asText = (sentence) => sentence.replaceAll(/([*_[\]<>`{}|\\])/g, '\\$1')

/**
 * What the answer to a write says of it. A refusal comes before anything is done, a failure of ours may have
 * come after; some errors know better.
 */
function outcomesOf({ status, outcomes }) {
  if (outcomes.length > 0) return outcomes
  return [status < 500 ? 'failed' : 'unknown']
}

function exampleOf(entry) {
  const { code, status, retryable, details } = entry
  const title = `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`
  const detail = details[0] ?? '…'
  const isField = code.startsWith('field_')
  return JSON.stringify(
    {
      type: `https://pay.example.edu/docs/errors/${code}`,
      title,
      status,
      detail: isField ? `/amount: ${detail}` : detail,
      code,
      request_id: 'req_01jd3z2k4m6p8r9s0t1v2w3x4y',
      retryable,
      outcome: outcomesOf(entry)[0],
      ...(isField ? { errors: [{ pointer: '/amount', code, detail }] } : {}),
    },
    null,
    2,
  )
}
