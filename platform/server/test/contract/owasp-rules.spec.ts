import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { ROOT } from '../support/bursar-command.js'

const run = promisify(execFile)
const SPECTRAL = join(ROOT, 'node_modules/@stoplight/spectral-cli/dist/index.js')
const RULES = join(ROOT, 'openapi/.spectral.yaml')
const Findings = z.array(z.object({ code: z.string(), path: z.array(z.coerce.string()) }))

/** An error of this process's realm, which is none of Jest's: only its shape tells. */
const Ended = z.object({ stdout: z.string().min(1) })

/** What the rules have against a document, warnings included; `openapi/.spectral.yaml` argues the exceptions. */
async function findingsOf(document: string): Promise<string[]> {
  const { NODE_OPTIONS: _, ...env } = process.env
  const args = [SPECTRAL, 'lint', '--ruleset', RULES, '--format', 'json', '--quiet', document]
  const options = { cwd: ROOT, env, maxBuffer: 64 * 1024 * 1024 }
  // Findings end it with 1; whatever it says then is on stdout all the same.
  // Findings end it with 1; whatever it says then is on stdout all the same.
  const { stdout } = await run(process.execPath, args, options).catch(Ended.parse)
  return Findings.parse(JSON.parse(stdout)).map(({ code, path }) => `${code} ${path.join('/')}`)
}

describe('the OWASP rules', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openbursar-owasp-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('have nothing against the document', async () => {
    expect(await findingsOf(join(ROOT, 'openapi/v1.yaml'))).toEqual([])
  })

  test('are on: an endless text and a call without refusals are found', async () => {
    const document = parse(await readFile(join(ROOT, 'openapi/v1.yaml'), 'utf8'))
    delete document.components.schemas.CreatePayment.properties.subject.maxLength
    delete document.paths['/v1/payments'].post.responses['429']
    const path = join(folder, 'planted.yaml')
    await writeFile(path, stringify(document, { aliasDuplicateObjects: false }))
    const findings = (await findingsOf(path)).join('\n')
    expect(findings).toContain('string-limit components/schemas/CreatePayment/properties/subject')
    expect(findings).toContain('responses-429 paths//v1/payments/post/responses')
  })
})
