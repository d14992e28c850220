import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { deadFiles } from './architecture/dead-file.rules.js'
import { defaultExports, environmentReads } from './architecture/habit.rules.js'
import {
  forbiddenImports,
  type Layers,
  modulesWithoutRank,
  unusedExceptions,
} from './architecture/import.rules.js'
import { longFiles, longFunctions } from './architecture/size.rules.js'
import { isTestCode } from './architecture/source-file.js'
import { readTree } from './architecture/source-tree.js'
import { describeViolations, type Violation } from './architecture/violation.js'
import { RANKS, RESERVED, SHARED_FILES } from './layers.js'

const ROOT = resolve(import.meta.dirname, '../../..')
const LAYERS: Layers = { ranks: RANKS, reserved: RESERVED, sharedFiles: SHARED_FILES }

function expectNone(folder: string, violations: readonly Violation[]): void {
  expect(describeViolations(folder, violations)).toEqual([])
}

describe('the server', () => {
  const folder = 'platform/server/src'
  const files = readTree(join(ROOT, folder), ['infra/database/generated'])

  test('every module has a rank', () => {
    expectNone(folder, modulesWithoutRank(files, LAYERS))
  })

  test('imports go to a lower rank and to the public files of a module', () => {
    expectNone(folder, forbiddenImports(files, LAYERS))
  })

  test('every exception is still needed', () => {
    expectNone(folder, unusedExceptions(files, LAYERS))
  })

  test('only infra/config and processes read the environment', () => {
    const isAllowed = (path: string) =>
      /^(infra\/config|processes)\//.test(path) || isTestCode(path)
    expectNone(folder, environmentReads(files, isAllowed))
  })
})

describe.each([
  { folder: 'platform/server/src', entry: /^processes\/[^/]+\.main\.ts$/ },
  { folder: 'platform/console/src', entry: /\.main\.tsx?$/ },
  { folder: 'sdk/src', entry: /^(index|[^/]+\.entry|cli\/[^/]+\.main)\.ts$/ },
])('$folder', ({ folder, entry }) => {
  const files = readTree(join(ROOT, folder), ['infra/database/generated'])

  test('is there', () => {
    expect(files.filter(({ path }) => entry.test(path)).length).toBeGreaterThan(0)
  })

  test('has no file that is too long', () => {
    expectNone(folder, longFiles(files))
  })

  test('has no function that is too long', () => {
    expectNone(folder, longFunctions(files))
  })

  test('has no dead file', () => {
    expectNone(
      folder,
      deadFiles(files, (path) => entry.test(path)),
    )
  })

  test('exports by name', () => {
    expectNone(folder, defaultExports(files))
  })
})
