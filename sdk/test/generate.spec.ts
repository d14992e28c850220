import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'

const sdk = resolve(import.meta.dirname, '..')
const fixture = join(sdk, 'test/fixtures/openapi.yaml')
const out = mkdtempSync(join(tmpdir(), 'bursar-generate-'))

afterAll(() => rmSync(out, { recursive: true }))

function generate(...args: string[]): string {
  const script = join(sdk, 'scripts/generate.mjs')
  const env = { ...process.env, NODE_OPTIONS: '' }
  return execFileSync(process.execPath, [script, ...args], { env, encoding: 'utf8', stdio: 'pipe' })
}

const read = (file: string): string => readFileSync(join(out, file), 'utf8')

describe('the generator', () => {
  test('writes one class per resource from the operation ids', () => {
    generate('--document', fixture, '--out', out)
    const bills = read('resources/bills.ts')
    expect(bills.split('\n')[0]).toMatch(/^\/\/ Generated /)
    expect(bills).toContain('create(params: CreateBill, options?: RequestOptions): Promise<Bill>')
    expect(bills).toContain('get(id: string, options?: RequestOptions): Promise<Bill>')
    expect(bills).toContain(
      'list(params?: BillsListQuery, options?: RequestOptions): PagePromise<Bill>',
    )
    expect(bills).toContain('void(id: string, options?: RequestOptions): Promise<Bill>')
  })

  test('nests namespaces, and knows files, raw bodies and empty answers', () => {
    expect(read('resources/test-helpers.ts')).toContain(
      'simulate(id: string, params: SimulatePayment, options?: RequestOptions): Promise<Payment>',
    )
    expect(read('resources/payments.ts')).toContain(
      'receipt(paymentId: string, options?: RequestOptions): Promise<Response>',
    )
    expect(read('resources/bill-imports.ts')).toContain('content: string | Uint8Array')
    expect(read('resources/webhook-endpoints.ts')).toContain(
      'delete(id: string, options?: RequestOptions): Promise<void>',
    )
  })

  test('names the error codes, the events and every component in the public surface', () => {
    expect(read('resources/types.ts')).toContain(
      "export type ErrorCode = components['schemas']['ErrorCode']",
    )
    expect(read('resources/types.ts')).toContain("'payment.succeeded': Payment")
    expect(read('index.ts')).toMatch(/export type \{[^}]*\bCreateBill,[^}]*\bErrorCode,/)
  })

  test('gives the same bytes the second time, and --check says so', () => {
    expect(generate('--document', fixture, '--out', out)).toBe('')
    expect(generate('--document', fixture, '--out', out, '--check')).toBe('')
  })

  test('--check fails on a file that was edited by hand or is no longer in the document', () => {
    writeFileSync(join(out, 'resources/bills.ts'), '// edited\n')
    writeFileSync(join(out, 'resources/ghosts.ts'), '// gone\n')
    const check = () => generate('--document', fixture, '--out', out, '--check')
    expect(check).toThrow(/npm run generate/)
    generate('--document', fixture, '--out', out)
    expect(existsSync(join(out, 'resources/ghosts.ts'))).toBe(false)
    expect(check()).toBe('')
  })

  test('refuses an operation without a dotted id and says where it is', () => {
    const document = join(out, 'bad.yaml')
    const operation = { operationId: 'createBill', responses: { 200: { description: 'OK' } } }
    writeFileSync(document, JSON.stringify({ paths: { '/v1/bills': { post: operation } } }))
    expect(() => generate('--document', document, '--out', out)).toThrow(/POST \/v1\/bills/)
  })
})
