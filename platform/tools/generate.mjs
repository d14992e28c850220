import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildServer } from './build-server.mjs'
import { exportErrors } from './error-export.mjs'
import { nodeBinary, ROOT, toolEnvironment } from './install.mjs'

const CONTRACT = join(ROOT, 'openapi/v1.yaml')

/**
 * Generates what is generated and committed: the OpenAPI document and the list of errors from the server's
 * code, the SDK's resources from the document. With `check` a difference from what is committed is a failure.
 */
async function generateAll({ check = false } = {}) {
  await buildServer()
  const before = readFileSync(CONTRACT, { encoding: 'utf8', flag: 'a+' })
  run(['platform/server/dist/processes/openapi-export.main.js'])
  const after = readFileSync(CONTRACT, 'utf8')
  if (check && before !== after) {
    writeFileSync(CONTRACT, before)
    fail('openapi/v1.yaml is not what the code says. Run `npm run generate` and commit the result.')
  }
  if (!(await exportErrors({ check }))) {
    fail(
      'openapi/errors.json is not what the code says. Run `npm run generate` and commit the result.',
    )
  }
  run(['node_modules/@redocly/cli/bin/cli.js', 'lint', '--format=summary', 'openapi/v1.yaml'])
  run(['sdk/scripts/generate.mjs', ...(check ? ['--check'] : [])])
  run(['platform/console/scripts/generate-operations.mjs', ...(check ? ['--check'] : [])])
  run(['openapi/vectors/generate.mjs', ...(check ? ['--check'] : [])])
}

function run(args) {
  const { status, stdout, stderr } = spawnSync(nodeBinary(), args, {
    cwd: ROOT,
    env: toolEnvironment({ REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }),
    encoding: 'utf8',
  })
  if (status !== 0) fail(`${args.join(' ')} failed:\n${stdout}${stderr}`)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

if (process.argv[1] === import.meta.filename) {
  await generateAll({ check: process.argv.includes('--check') })
}
