import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { z } from 'zod'
import { VERSIONS } from '../../src/versions/versions.js'
import { ROOT } from '../support/bursar-command.js'

const run = promisify(execFile)
const REDOCLY = join(ROOT, 'node_modules/@redocly/cli/bin/cli.js')

/**
 * Lists that callers are told to expect new values in (docs/guides: an unknown event, code or channel is
 * passed over). A value taken away from them is a break like any other.
 */
const OPEN_LISTS = [
  /^#\/components\/schemas\/(ErrorCode|EventType|Scope)\/enum$/,
  /\/properties\/(channel|channels\/items|method|disabled_reason)\/enum$/,
]

/** Constraints that only let through more than before; the tool cannot tell. Each was looked at by a person. */
const WIDENED = [
  { at: /\/properties\/scopes\/maxItems$/, why: 'as many as there are values in an open list' },
  {
    at: /^#\/paths\/~1v1~1request_logs\/get\/parameters\/1\/schema\/pattern$/,
    why: 'the cursor of following the log is taken beside that of paging',
  },
  {
    at: /^#\/components\/schemas\/LedgerCorrection\/properties\/(requested_by|decided_by)\//,
    why: 'signed-in people ask and decide as well, under opr_…',
  },
] as const

const Place = z.object({ pointer: z.string() }).nullish()
const Report = z.object({
  changes: z.array(
    z.object({
      impact: z.enum(['major', 'minor', 'patch']),
      path: z.string(),
      base: Place,
      revision: Place,
      verdicts: z.array(z.object({ ruleId: z.string(), message: z.string() })),
    }),
  ),
})

export interface Break {
  /** A JSON Pointer into the document: the old one, or where something was added to the new one. */
  readonly pointer: string
  readonly rules: readonly string[]
  readonly message: string
}

/** What a program written for the base may stumble over in the revision, by `redocly diff`. */
export async function breaksBetween(base: string, revision: string): Promise<Break[]> {
  const args = [REDOCLY, 'diff', base, revision, '--format', 'json', '--fail-on', 'none']
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const env = { ...inherited, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await run(process.execPath, args, options)
  return Report.parse(JSON.parse(stdout))
    .changes.filter(({ impact }) => impact === 'major')
    .map(({ path, base: before, revision: after, verdicts }) => ({
      pointer: before?.pointer ?? after?.pointer ?? path,
      rules: verdicts.map(({ ruleId }) => ruleId),
      message: verdicts.map(({ message }) => message).join(' '),
    }))
    .filter(({ pointer, rules }) => !isNewValueOfOpenList(pointer, rules))
    .filter(({ pointer, rules }) => !isWidened(pointer, rules))
}

function isNewValueOfOpenList(pointer: string, rules: readonly string[]): boolean {
  return (
    rules.every((rule) => rule === 'enum-values-added') &&
    OPEN_LISTS.some((list) => list.test(pointer))
  )
}

function isWidened(pointer: string, rules: readonly string[]): boolean {
  return (
    rules.every((rule) => rule === 'schema-constraint-changed') &&
    WIDENED.some(({ at }) => at.test(pointer))
  )
}

/** Breaks that no dated version since the released one answers for. */
export function unansweredBreaks(breaks: readonly Break[], releasedVersion: string): Break[] {
  const answered = VERSIONS.filter(({ date }) => date > releasedVersion)
    .flatMap(({ changes }) => changes)
    .flatMap(({ components }) => components)
  return breaks.filter(
    ({ pointer }) =>
      !answered.some((name) => `${pointer}/`.startsWith(`#/components/schemas/${name}/`)),
  )
}

export async function versionOf(document: string): Promise<string> {
  const { info } = z
    .object({ info: z.object({ version: z.string() }) })
    .parse(parse(await readFile(document, 'utf8')))
  return info.version
}
