import { describe, expect, test } from '@jest/globals'
import { deadFiles } from './dead-file.rules.js'
import { defaultExports, environmentReads } from './habit.rules.js'
import {
  forbiddenImports,
  type Layers,
  moduleOf,
  modulesWithoutRank,
  unusedExceptions,
} from './import.rules.js'
import { longFiles, longFunctions } from './size.rules.js'
import { parseSource, type SourceFile } from './source-file.js'
import type { Violation } from './violation.js'

const LAYERS: Layers = {
  ranks: {
    kernel: 0,
    infra: 1,
    gateway: 3,
    'domains/bills': 7,
    'domains/payments': 8,
    processes: 13,
  },
  reserved: { gateway: ['processes'] },
  sharedFiles: { 'infra/wire.schema.ts': 'shared words' },
}

function tree(sources: Record<string, string>): SourceFile[] {
  return Object.entries(sources).map(([path, text]) => parseSource(path, text))
}

function where(violations: readonly Violation[]): string[] {
  return violations.map(({ path, line }) => `${path}:${line}`)
}

const linesOf = (count: number) => 'work()\n'.repeat(count)

test('a domain is a module, and so is every other folder', () => {
  expect(moduleOf('domains/bills/imports/import.service.ts')).toBe('domains/bills')
  expect(moduleOf('infra/http/caller.ts')).toBe('infra')
})

describe('imports', () => {
  const imports = (path: string, text: string) => forbiddenImports(tree({ [path]: text }), LAYERS)

  test('finds an import of a higher rank and says both ranks', () => {
    const found = imports(
      'domains/bills/bill.service.ts',
      "\nimport { Payments } from '../payments/payment.service.js'",
    )
    expect(where(found)).toEqual(['domains/bills/bill.service.ts:2'])
    expect(found[0]?.message).toContain('domains/bills (rank 7) imports domains/payments (rank 8)')
  })

  test('finds an import of an equal rank', () => {
    const equal = { ...LAYERS, ranks: { 'domains/bills': 7, 'domains/projects': 7 } }
    const files = tree({ 'domains/bills/a.ts': "import '../projects/b.js'" })
    expect(forbiddenImports(files, equal)).toHaveLength(1)
  })

  test.each([
    "import type { A } from '../payments/payment.types.js'",
    "export { a } from '../payments/payment.types.js'",
    "export * from '../payments/payment.types.js'",
    "const a = await import('../payments/payment.types.js')",
    "type A = import('../payments/payment.types.js').A",
  ])('counts every way to import: %s', (text) => {
    expect(imports('domains/bills/a.ts', text)).toHaveLength(1)
  })

  test('allows its own module, a lower rank and packages', () => {
    const text = [
      "import { a } from './payment.rules.js'",
      "import { b } from '../bills/bill.service.js'",
      "import { c } from '../../kernel/money.js'",
      "import { d } from 'zod'",
    ].join('\n')
    expect(imports('domains/payments/payment.service.ts', text)).toEqual([])
  })

  test('finds anyone but processes importing the gateway', () => {
    const text = "import { GatewayModule } from '../gateway/gateway.module.js'"
    expect(imports('processes/api.module.ts', text)).toEqual([])
    const deeper = text.replace('../', '../../')
    const found = imports('domains/payments/payment.controller.ts', deeper)
    expect(found[0]?.message).toContain('which only processes may')
  })

  test.each(['repository', 'schema', 'controller'])("finds another module's %s", (role) => {
    const path = 'domains/payments/payment.service.ts'
    expect(imports(path, `import { x } from '../bills/bill.${role}.js'`)).toHaveLength(1)
    expect(imports(path, `import { x } from './payment.${role}.js'`)).toEqual([])
  })

  test('allows a private role that is on the list', () => {
    const text = "import { Amount } from '../../infra/wire.schema.js'"
    expect(imports('domains/bills/bill.schema.ts', text)).toEqual([])
  })

  test('finds an exception that nobody needs', () => {
    expect(unusedExceptions(tree({ 'kernel/a.ts': '' }), LAYERS)).toHaveLength(1)
    const used = tree({ 'domains/bills/a.ts': "import '../../infra/wire.schema.js'" })
    expect(unusedExceptions(used, LAYERS)).toEqual([])
  })

  test('finds an import that leaves src, and one of test code', () => {
    expect(imports('kernel/a.ts', "import '../../../sdk/src/index.js'")).toHaveLength(1)
    expect(imports('kernel/a.ts', "import './a.harness.js'")).toHaveLength(1)
  })

  test('lets test code import what it tests', () => {
    const text = "import { Payments } from '../payments/payment.repository.js'"
    expect(imports('domains/bills/bill.service.int.spec.ts', text)).toEqual([])
    expect(imports('domains/bills/bill.conformance.ts', text)).toEqual([])
    expect(imports('domains/bills/bill.fixture.ts', text)).toEqual([])
  })

  test('finds a module without a rank, once', () => {
    const files = tree({ 'domains/loans/a.ts': '', 'domains/loans/b.ts': '', 'main.ts': '' })
    expect(where(modulesWithoutRank(files, LAYERS))).toEqual(['domains/loans/a.ts:1', 'main.ts:1'])
  })
})

describe('sizes', () => {
  test('finds a file of more than 400 lines', () => {
    expect(longFiles(tree({ 'a.ts': linesOf(400) }))).toEqual([])
    expect(where(longFiles(tree({ 'a.ts': linesOf(401) })))).toEqual(['a.ts:1'])
  })

  test('leaves out specs and generated files', () => {
    const text = linesOf(500)
    expect(longFiles(tree({ 'a.spec.ts': text, 'b.ts': `// Generated by x\n${text}` }))).toEqual([])
  })

  test.each([
    ['function', (body: string) => `\nfunction work() {\n${body}}`, 'work'],
    ['method', (body: string) => `\nclass A { work() {\n${body}} }`, 'work'],
    ['constructor', (body: string) => `\nclass A { constructor() {\n${body}} }`, 'constructor'],
    ['arrow', (body: string) => `\nconst work = () => {\n${body}}`, 'work'],
    ['callback', (body: string) => `\nrun(() => {\n${body}})`, 'a callback'],
  ])('finds a %s of more than 70 lines', (_kind, wrap, name) => {
    expect(longFunctions(tree({ 'a.ts': wrap(linesOf(68)) }))).toEqual([])
    const found = longFunctions(tree({ 'a.ts': wrap(linesOf(69)) }))
    expect(where(found)).toEqual(['a.ts:2'])
    expect(found[0]?.message).toContain(`${name} has 71 lines`)
  })

  test('leaves out functions of tests', () => {
    const text = `describe('x', () => {\n${linesOf(90)}})`
    expect(longFunctions(tree({ 'a.spec.ts': text, 'b.conformance.ts': text }))).toEqual([])
  })
})

describe('dead files', () => {
  const isEntry = (path: string) => path.endsWith('.main.ts')

  test('finds a file that only dead files or tests import', () => {
    const files = tree({
      'api.main.ts': "import './live.js'",
      'live.ts': "import './page.js'",
      'page.tsx': '',
      'dead.ts': "import './deader.js'",
      'deader.ts': '',
      'dead.spec.ts': "import './dead.js'",
      'globals.d.ts': '',
    })
    expect(where(deadFiles(files, isEntry))).toEqual(['dead.ts:1', 'deader.ts:1'])
  })

  test('is not led round in circles', () => {
    const files = tree({ 'a.main.ts': "import './b.js'", 'b.ts': "import './a.main.js'" })
    expect(deadFiles(files, isEntry)).toEqual([])
  })
})

describe('habits', () => {
  test.each([
    'export default 1',
    'export default class A {}',
    'const a = 1\nexport { a as default }',
  ])('finds a default export: %s', (text) => {
    expect(defaultExports(tree({ 'a.ts': text }))).toHaveLength(1)
  })

  test('allows a default import and named exports', () => {
    const text = "import pg from 'pg'\nexport const pool = new pg.Pool()"
    expect(defaultExports(tree({ 'a.ts': text }))).toEqual([])
  })

  test.each(['process.env.HOME', "process['env']", "import { env } from 'node:process'"])(
    'finds a look at the environment: %s',
    (text) => {
      const files = tree({ 'infra/a.ts': text, 'infra/config/config.ts': text })
      const found = environmentReads(files, (path) => path.startsWith('infra/config/'))
      expect(where(found)).toEqual(['infra/a.ts:1'])
    },
  )

  test('is not misled by comments and other properties of that name', () => {
    const text = '// process.env\nconst a: NodeJS.ProcessEnv = this.env'
    expect(environmentReads(tree({ 'a.ts': text }), () => false)).toEqual([])
  })
})
