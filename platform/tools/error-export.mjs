import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from './install.mjs'

const TARGET = join(ROOT, 'openapi/errors.json')
const SOURCES = 'platform/server/src/**/*.ts'
const NO_SOURCE = /\.(spec|fixture|harness|conformance|d)\.ts$|\/generated\//
/** Of an error that is thrown in many places, its page shows these many of its sentences. */
const DETAILS_MAX = 4

/**
 * Writes openapi/errors.json: every code with its status, whether it may be sent again, and the sentences that
 * callers really see with it. Codes come from the server's catalogue, sentences from where it throws them.
 */
export async function exportErrors({ check = false } = {}) {
  const catalogue = `${join(ROOT, 'platform/server/dist/processes/error-catalogue.js')}?${Date.now()}`
  const { ERROR_CATALOGUE } = await import(catalogue)
  const said = readSentences(new Set(Object.keys(ERROR_CATALOGUE)))
  const errors = Object.entries(ERROR_CATALOGUE)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { status, retryable }]) => ({ code, status, retryable, ...said.get(code) }))
  const text = `${JSON.stringify({ errors }, null, 1)}\n`
  if (check && readFileSync(TARGET, { encoding: 'utf8', flag: 'a+' }) !== text) return false
  writeFileSync(TARGET, text)
  return true
}

function readSentences(codes) {
  const found = new Map(
    [...codes].map((code) => [code, { outcomes: new Set(), details: new Set() }]),
  )
  const files = globSync(SOURCES, { cwd: ROOT }).sort()
  for (const path of files.filter((name) => !NO_SOURCE.test(name))) {
    const text = readFileSync(join(ROOT, path), 'utf8')
    visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true), found)
  }
  return new Map(
    [...found].map(([code, { outcomes, details }]) => [
      code,
      { outcomes: [...outcomes].sort(), details: [...details].slice(0, DETAILS_MAX) },
    ]),
  )
}

/** `new XError('code', 'sentence', options)` and functions that take the same; also `{ code, detail }`. */
function visit(node, found) {
  if (ts.isNewExpression(node) || ts.isCallExpression(node)) {
    const parts = [...(node.arguments ?? [])]
    const at = parts.findIndex((part) => ts.isStringLiteral(part) && found.has(part.text))
    if (at >= 0) note(found.get(parts[at].text), parts[at + 1], parts[at + 2])
  }
  if (ts.isObjectLiteralExpression(node)) {
    const value = (name) =>
      node.properties.find((one) => ts.isPropertyAssignment(one) && one.name.getText() === name)
        ?.initializer
    const code = value('code')
    if (code && ts.isStringLiteral(code) && found.has(code.text)) {
      note(found.get(code.text), value('detail') ?? value('reason') ?? value('message'))
    }
  }
  ts.forEachChild(node, (child) => visit(child, found))
}

function note(entry, sentence, options) {
  const text = sentence ? textOf(sentence) : null
  if (text && /\s/.test(text) && /[a-z]/.test(text)) entry.details.add(text)
  const outcome = options && /outcome: '(failed|unknown)'/.exec(options.getText())?.[1]
  if (outcome) entry.outcomes.add(outcome)
}

/** What is known only when it happens is an ellipsis. Null for what is no text at all. */
function textOf(node) {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  }
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression)
  if (ts.isConditionalExpression(node)) return textOf(node.whenTrue) ?? textOf(node.whenFalse)
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textOf(node.left), textOf(node.right)]
    return left === null && right === null ? null : `${left ?? '…'}${right ?? '…'}`
  }
  return null
}
