import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { SCOPE_TABLE, SCOPES } from '../../infra/http/scopes.js'
import { renderScopesPage } from './scopes.page.js'

const read = (path: string) =>
  readFileSync(new URL(`../../../../../${path}`, import.meta.url), 'utf8')
const document = parse(read('openapi/v1.yaml'))

describe('the table of scopes', () => {
  test('is what docs/reference/scopes.md says; run `npm run generate` when it is not', () => {
    expect(read('docs/reference/scopes.md')).toBe(renderScopesPage(document))
  })

  test('is what the contract lists', () => {
    expect(document.components.schemas.Scope.enum).toEqual(SCOPES)
  })

  test('has every scope once, in two languages, and each opens at least one call', () => {
    expect(new Set(SCOPES).size).toBe(SCOPES.length)
    for (const { scope, zh, en } of SCOPE_TABLE) {
      expect(scope).toMatch(/^[a-z]+(_[a-z]+)*:(read|write|approve|read:own)$/)
      expect(zh).toMatch(/^\p{Script=Han}/u)
      expect(en).toMatch(/^[A-Z]/)
    }
    const rows = renderScopesPage(document)
      .split('\n')
      .filter((line) => line.startsWith('| `'))
    expect(rows).toHaveLength(SCOPES.length)
    for (const row of rows) expect(row).toMatch(/`(GET|POST|DELETE) \/v1\//)
  })
})
