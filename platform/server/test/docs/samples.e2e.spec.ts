import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { Contract } from '../support/contract.js'
import { RUNNERS, runStory } from './sample-story.js'
import { isTyped, typeErrors } from './sample-types.js'
import { expectedOutput, listDocuments, placeOf, readSamples, type Sample } from './samples.js'

const contract = Contract.read()
const STORY_TIMEOUT_MS = 300_000

/** Why nobody can run this here; undefined when somebody can. bash and Node.js are always there. */
function whyNotHere({ language }: Sample): string | undefined {
  const [command] = RUNNERS[language]?.command ?? []
  if (!command) return undefined
  try {
    execFileSync('sh', ['-c', `command -v ${command}`])
    return undefined
  } catch {
    return `${command} is not installed`
  }
}

/** What is wrong with a sample that is not run. */
function problemsOf(sample: Sample): string[] {
  const { language, text, options } = sample
  const schema = options.get('schema')
  if (schema) return contract.componentViolations(schema, text)
  if (language === 'json') return jsonProblems(text)
  if (language === 'http') return httpProblems(text)
  if (isTyped(sample)) return []
  return [`says neither run nor skip="why"`]
}

function jsonProblems(text: string): string[] {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    return [String(error)]
  }
}

function httpProblems(text: string): string[] {
  const [head = ''] = text.split('\n\n')
  const [first = '', ...headers] = head.trimEnd().split('\n')
  const isStart = /^([A-Z]+ \/\S* HTTP\/1\.1|HTTP\/1\.1 \d{3}.*)$/.test(first)
  const wrong = headers.filter((line) => !/^[\w-]+: \S/.test(line))
  return [...(isStart ? [] : [`begins with ${first}`]), ...wrong.map((line) => `header: ${line}`)]
}

function storiesOf(samples: readonly Sample[]): Map<string, Sample[]> {
  const stories = new Map<string, Sample[]>()
  for (const sample of samples) {
    const name = sample.options.has('file')
      ? (sample.options.get('run') ?? '')
      : sample.options.get('run')
    if (name !== undefined) stories.set(name, [...(stories.get(name) ?? []), sample])
  }
  return stories
}

describe.each(listDocuments())('the code in %s', (document) => {
  const samples = readSamples(document).filter(({ options }) => !options.has('skip'))

  test('is run, checked, or excused in words', () => {
    const all = readSamples(document)
    const empty = all.filter(({ options }) => options.get('skip') === '')
    expect(empty.map(placeOf)).toEqual([])
    const left = samples.filter(({ options }) => !options.has('run') && !options.has('file'))
    expect(
      left.flatMap((one) => problemsOf(one).map((problem) => `${placeOf(one)}: ${problem}`)),
    ).toEqual([])
  })

  test('has the types of the SDK', () => {
    expect(typeErrors(samples.filter(isTyped))).toEqual([])
  }, 120_000)

  for (const [name, story] of storiesOf(samples)) {
    const reason = story.map(whyNotHere).find(Boolean)
    const title = `does what it says${name ? ` (${name})` : ''}${reason ? `: ${reason}` : ''}`
    const run = reason ? test.skip : test
    run(
      title,
      async () => {
        const printed = await runStory(story)
        const lines = printed.split('\n').map((line) => line.trim())
        let from = 0
        for (const expected of story.flatMap(expectedOutput)) {
          const found = lines.indexOf(expected, from)
          expect(found < 0 ? printed : expected).toBe(expected)
          from = found + 1
        }
      },
      STORY_TIMEOUT_MS,
    )
  }
})
