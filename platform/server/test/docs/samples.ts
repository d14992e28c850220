import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../../../..')

/** What is read for code: anything else in a document is for the eye. */
export const LANGUAGES = [
  ...['sh', 'js', 'mjs', 'ts', 'json', 'http'],
  ...['python', 'php', 'go', 'java'],
] as const
export type Language = (typeof LANGUAGES)[number]

/**
 * A fenced block. What follows its language says what the tests do with it:
 *
 * - `run` executes it, in order with the others of its page, in a folder of their own; `run=name` begins another
 *   story with a folder of its own
 * - `file=name` writes it there instead, for a later block to run
 * - `given=a,b` names what the reader has already; the code is checked for its types and not run
 * - `continues` is checked together with the block before
 * - `schema=Name` is JSON that must fit this component of the contract
 * - `skip="why"` says why nothing is done with it
 */
export interface Sample {
  readonly document: string
  readonly line: number
  readonly language: Language
  readonly text: string
  readonly options: ReadonlyMap<string, string>
}

/** The documents whose code must work. */
export function listDocuments(): string[] {
  const guides = join(ROOT, 'docs/guides')
  const found = readdirSync(guides, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => relative(ROOT, join(guides, name)))
  return ['README.md', ...found.sort()]
}

export function readSamples(document: string): Sample[] {
  return samplesIn(document, readFileSync(join(ROOT, document), 'utf8'))
}

export function samplesIn(document: string, markdown: string): Sample[] {
  const samples: Sample[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const opening = /^(\s*)(`{3,})(\w*)\s*(.*)$/.exec(lines[at] ?? '')
    if (!opening) continue
    const [, indent = '', fence = '', name = '', info = ''] = opening
    const end = lines.findIndex((line, index) => index > at && line.trim() === fence)
    if (end < 0) throw new Error(`${document}:${at + 1}: the block has no end`)
    const language = LANGUAGES.find((one) => one === name)
    const body = lines.slice(at + 1, end).map((line) => line.replace(indent, ''))
    if (language) {
      const options = optionsOf(info, `${document}:${at + 1}`)
      samples.push({ document, line: at + 2, language, text: `${body.join('\n')}\n`, options })
    }
    at = end
  }
  return samples
}

const OPTIONS = new Set(['run', 'file', 'given', 'continues', 'schema', 'skip'])

function optionsOf(info: string, place: string): Map<string, string> {
  const options = new Map<string, string>()
  for (const [, name = '', quoted, bare] of info.matchAll(/(\w+)(?:="([^"]*)"|=(\S+))?/g)) {
    if (!OPTIONS.has(name)) throw new Error(`${place}: a sample knows no option ${name}`)
    options.set(name, quoted ?? bare ?? '')
  }
  return options
}

export const placeOf = ({ document, line }: Sample) => `${document}:${line}`

/** What a sample prints, as it says itself: `console.log(payment.status) // → succeeded`. */
export function expectedOutput({ text }: Sample): string[] {
  return [...text.matchAll(/\/\/ → (.+)$/gm)].map(([, said = '']) => said.trim())
}
