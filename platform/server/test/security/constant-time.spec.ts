import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript'

const SOURCE = resolve(import.meta.dirname, '../../src')

/** A name that stands for something an attacker would like to guess byte by byte. */
const SECRET =
  /(?:^|_)(?:secrets?|mac|hmac|signatures?|digests?|password|passphrase|csrf|token|otp|sig)(?:_?(?:hash|value|bytes|hex|base64|text))?$/i
const EQUALITY = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
])
/** What tells nothing of a secret: whether it is there, and how long it is. */
const HARMLESS = /^(?:undefined|null|''|""|typeof .*|-?\d+|true|false)$/

/** Comparisons that stop at the first byte that differs: `===`, `.equals(` and `Buffer.compare(`. */
function findLeaks(text: string, path: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const report = (node: ts.Node) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart())
    found.push(`${path}:${line + 1}: ${node.getText()}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && EQUALITY.has(node.operatorToken.kind)) {
      const sides = [node.left, node.right]
      const isHarmless = sides.some((side) => HARMLESS.test(side.getText()))
      if (!isHarmless && sides.some((side) => isSecret(side))) report(node)
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression
      const compared = name.text === 'equals' ? [expression, ...node.arguments] : []
      const ordered = name.text === 'compare' ? [...node.arguments] : []
      if ([...compared, ...ordered].some((one) => isSecret(one))) report(node)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function isSecret(node: ts.Node): boolean {
  // Constants are in the source for everybody to read.
  if (ts.isIdentifier(node) && /^[A-Z_]+$/.test(node.text)) return false
  if (ts.isIdentifier(node)) return SECRET.test(snake(node.text))
  if (ts.isPropertyAccessExpression(node)) return SECRET.test(snake(node.name.text))
  if (ts.isCallExpression(node)) return isSecret(node.expression)
  return false
}

const snake = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|fixture|d)\.ts$|generated/.test(name))
    .map((name) => join(folder, name))
}

/** The simulators play somebody else, and keep no secret of ours. */
const EXEMPT = /\/sandbox\/simulators\//

describe('a secret', () => {
  test('is never compared byte by byte until the first difference: use timingSafeEqual', () => {
    const files = sources(SOURCE).filter((path) => !EXEMPT.test(path))
    expect(files.length).toBeGreaterThan(150)
    expect(files.flatMap((path) => findLeaks(readFileSync(path, 'utf8'), path))).toEqual([])
  })

  test.each([
    'if (given.signature === expected) {}',
    'const ok = mac !== macOf(content)',
    'return csrfToken == session.csrfToken',
    'Buffer.compare(digest, other) === 0',
    'given.equals(expectedMac)',
    'requestSignature.equals(other)',
    'password_hash === row.password_hash',
  ])('would be found in: %s', (text) => expect(findLeaks(text, 'x.ts')).toHaveLength(1))

  test.each([
    'if (signature === undefined) {}',
    'if (given.secret === null) {}',
    'signature.length === 64',
    'timingSafeEqual(mac, macOf(content))',
    "token === ''",
    'given.length !== MAC_BYTES',
    'status === expected',
  ])('is safe in: %s', (text) => expect(findLeaks(text, 'x.ts')).toEqual([]))
})
