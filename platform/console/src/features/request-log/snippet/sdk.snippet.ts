import { targetOf } from './logged-call.rules.js'
import { SDK_OPERATIONS } from './sdk-operation.table.js'
import type { LoggedCall, SnippetOptions } from './snippet.types.js'

/** A program of a few lines with `@openbursar/sdk`. */
export function sdkSnippet(call: LoggedCall, options: SnippetOptions): string {
  return `import { readFileSync } from 'node:fs'
import { Bursar } from '@openbursar/sdk'

const bursar = new Bursar({
  baseUrl: ${literal(options.apiBase)},
  keyId: process.env.BURSAR_KEY_ID${call.keyId === null ? '' : ` ?? ${literal(call.keyId)}`},
  privateKey: readFileSync(process.env.BURSAR_PRIVATE_KEY_FILE ?? 'private.pem', 'utf8'),
${clientOptions(call)}})

const answer = await bursar.${callOf(call, options)}
console.log(answer)
`
}

/** The two algorithms of an RSA key are the only ones that the key itself doesn't tell. */
function clientOptions({ algorithm, apiVersion }: LoggedCall): string {
  return [
    algorithm?.startsWith('rsa-') ? `  algorithm: ${literal(algorithm)},\n` : '',
    apiVersion === null ? '' : `  apiVersion: ${literal(apiVersion)},\n`,
  ].join('')
}

function callOf(call: LoggedCall, options: SnippetOptions): string {
  const operation = SDK_OPERATIONS[`${call.method} ${call.route}`]
  const ids = idsOf(call)
  const requestOptions =
    options.sameIdempotencyKey && call.idempotencyKey !== null
      ? [written({ idempotencyKey: call.idempotencyKey })]
      : []
  if (operation === undefined || ids === null) {
    const request = { method: call.method, path: targetOf(call), body: call.body }
    return `request(${[written(request), ...requestOptions].join(', ')})`
  }
  const query = queryOf(call.query)
  const params = call.body ?? query
  const values = [...ids.map(literal), ...(params === undefined ? [] : [written(params)])]
  return `${operation}(${[...values, ...requestOptions].join(', ')})`
}

/** What stands in the path where its route has a `{parameter}`; null when the two don't fit. */
function idsOf({ route, path }: LoggedCall): string[] | null {
  const names = route?.split('/') ?? []
  const parts = path.split('/')
  if (names.length !== parts.length) return null
  return parts.filter((_, index) => names[index]?.startsWith('{')).map(decoded)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function queryOf(query: string | null): Record<string, string | number> | undefined {
  if (query === null || query === '') return undefined
  return Object.fromEntries(
    [...new URLSearchParams(query)].map(([name, value]) => [
      name,
      name === 'limit' || name === 'wait_seconds' ? Number(value) : value,
    ]),
  )
}

/** A value as somebody would write it in TypeScript: no quotes around plain names. */
function written(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^( *)"([A-Za-z_]\w*)":/gm, '$1$2:')
}

const literal = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
