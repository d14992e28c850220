/** Writes TypeScript from what document.mjs read. Formatting is left to Biome. */
import { camelCase, compare, pascalCase } from './document.mjs'

/** Name of the alias in types.ts for a body, query or answer that has no component of its own. */
function aliasOf(operation, suffix) {
  return `${operation.id.split('.').map(pascalCase).join('')}${suffix}`
}

export function renderTypes(document, operations, eventObjects, rename) {
  const schemas = Object.keys(document.components?.schemas ?? {}).sort(compare)
  const lines = schemas.map(
    (name) => `export type ${rename(name)} = components['schemas'][${JSON.stringify(name)}]`,
  )
  for (const operation of operations) lines.push(...renderAliases(operation, rename))
  if (!schemas.includes('ErrorCode')) lines.push('export type ErrorCode = string')
  const events = eventObjects.map(
    ({ type, component }) =>
      `  '${type}': ${component === undefined ? 'Record<string, unknown>' : rename(component)}`,
  )
  const fallback = '  [type: string]: Record<string, unknown>'
  return [
    "import type { components, operations } from './schema.js'",
    '',
    ...lines,
    '',
    '/** What `data.object` of an event holds, by the type of the event. */',
    'export interface EventObjects {',
    ...(events.length === 0 ? [fallback] : events),
    '}',
  ].join('\n')
}

function renderAliases(operation, rename) {
  const at = `operations[${JSON.stringify(operation.id)}]`
  const { body, query, response } = operation
  const lines = []
  const add = (suffix, type) =>
    lines.push(`export type ${rename(aliasOf(operation, suffix))} = ${type}`)
  if (query.exists) add('Query', `NonNullable<${at}['parameters']['query']>`)
  if (body?.kind === 'json' && body.component === undefined) {
    add('Body', `NonNullable<${at}['requestBody']>['content'][${JSON.stringify(body.mediaType)}]`)
  }
  const answer = `${at}['responses'][${response.status}]['content'][${JSON.stringify(response.mediaType)}]`
  if (response.kind === 'json' && response.component === undefined) add('Result', answer)
  if (response.kind === 'list' && response.item === undefined)
    add('Item', `${answer}['data'][number]`)
  return lines
}

/** The dated version whose shapes these types describe. */
export function renderApiVersion(document) {
  const version = JSON.stringify(document.info.version)
  return `/** The dated version of the API that this SDK was built for. */\nexport const API_VERSION = ${version}\n`
}

/** What a request must be like, for the in-process sandbox; the client itself carries none of it. */
export function renderRequestSchemas({ operations, components }) {
  return [
    "import type { JsonSchema, OperationSchema } from '../testing/json-schema.types.js'",
    '',
    '/** Every operation of the document, by its id. */',
    `export const OPERATIONS: Readonly<Record<string, OperationSchema>> = ${JSON.stringify(operations)}`,
    '',
    '/** What `$ref` names. */',
    `export const COMPONENTS: Readonly<Record<string, JsonSchema>> = ${JSON.stringify(components)}`,
  ].join('\n')
}

/** One file per top-level resource; nested namespaces become classes of the same file. */
export function renderResource(name, operations, rename) {
  const tree = { path: [name], operations: [], children: new Map() }
  for (const operation of operations) {
    let node = tree
    for (const part of operation.resource.slice(1)) {
      const child = { path: [...node.path, part], operations: [], children: new Map() }
      if (!node.children.has(part)) node.children.set(part, child)
      node = node.children.get(part)
    }
    node.operations.push(operation)
  }
  const used = { types: new Set(), page: false }
  const classes = renderClass(tree, rename, used)
  const imports = [
    "import type { RequestOptions } from '../core/options.js'",
    used.page ? "import type { PagePromise } from '../core/pagination.js'" : '',
    "import type { Transport } from '../core/transport.js'",
    used.types.size > 0
      ? `import type { ${[...used.types].sort(compare).join(', ')} } from './types.js'`
      : '',
  ]
  return [...imports.filter(Boolean), '', classes].join('\n')
}

function renderClass(node, rename, used) {
  const children = [...node.children].sort(([a], [b]) => compare(a, b))
  const nested = children.map(([, child]) => renderClass(child, rename, used))
  const fields = children.map(([name, child]) => `  readonly ${name}: ${classOf(child.path)}`)
  const inits = children.map(
    ([name, child]) => `    this.${name} = new ${classOf(child.path)}(transport)`,
  )
  const keeps = node.operations.length > 0
  return [
    ...nested,
    `export class ${classOf(node.path)} {`,
    ...fields,
    ...(keeps ? ['  readonly #transport: Transport', ''] : ['']),
    '  constructor(transport: Transport) {',
    ...(keeps ? ['    this.#transport = transport'] : []),
    ...inits,
    '  }',
    '',
    node.operations.map((operation) => renderMethod(operation, rename, used)).join('\n\n'),
    '}',
    '',
  ].join('\n')
}

export function classOf(path) {
  return `${path.map(pascalCase).join('')}Resource`
}

function renderMethod(operation, rename, used) {
  const type = (component, suffix) => {
    const name = rename(component ?? aliasOf(operation, suffix))
    used.types.add(name)
    return name
  }
  const args = operation.pathParameters.map((name) => `${camelCase(name)}: string`)
  const fields = [`method: '${operation.method}'`, `path: '${operation.path}'`]
  if (operation.pathParameters.length > 0) {
    fields.push(`ids: [${operation.pathParameters.map(camelCase).join(', ')}]`)
  }
  const { body, query } = operation
  if (body?.kind === 'json') {
    args.push(`params${body.required ? '' : '?'}: ${type(body.component, 'Body')}`)
    fields.push('body: params')
  } else if (body !== undefined) {
    args.push(`content${body.required ? '' : '?'}: string | Uint8Array`)
    fields.push('body: content', `contentType: '${body.mediaType}'`)
  }
  if (query.exists) {
    const name = body === undefined ? 'params' : 'query'
    args.push(`${name}${query.required ? '' : '?'}: ${type(undefined, 'Query')}`)
    fields.push(name === 'query' ? 'query' : 'query: params')
  }
  args.push('options?: RequestOptions')
  used.page ||= operation.response.kind === 'list'
  const { call, result } = renderAnswer(operation.response, type)
  return [
    renderDoc(operation),
    `  ${operation.verb}(${args.join(', ')}): ${result} {`,
    `    return this.#transport.${call}({ ${fields.join(', ')} }, options)`,
    '  }',
  ].join('\n')
}

function renderAnswer(response, type) {
  switch (response.kind) {
    case 'list':
      return { call: 'list', result: `PagePromise<${type(response.item, 'Item')}>` }
    case 'raw':
      return { call: 'download', result: 'Promise<Response>' }
    case 'empty':
      return { call: 'request', result: 'Promise<void>' }
    default:
      return { call: 'request', result: `Promise<${type(response.component, 'Result')}>` }
  }
}

function renderDoc(operation) {
  const text = [operation.summary, operation.description].filter(Boolean).join('\n\n')
  const lines = `${text}\n\n\`${operation.method} ${operation.path}\``
    .replaceAll('*/', '*\\/')
    .trim()
    .split('\n')
  if (operation.deprecated) lines.push('', '@deprecated')
  return ['  /**', ...lines.map((line) => `   * ${line}`.trimEnd()), '   */'].join('\n')
}

export function renderResources(names, fileOf) {
  return [
    "import type { Transport } from '../core/transport.js'",
    ...names.map((name) => `import { ${classOf([name])} } from './${fileOf(name)}.js'`),
    '',
    '/** Every resource of the API; the client extends it. */',
    'export class Resources {',
    ...names.map((name) => `  readonly ${name}: ${classOf([name])}`),
    '',
    '  constructor(transport: Transport) {',
    ...names.map((name) => `    this.${name} = new ${classOf([name])}(transport)`),
    '  }',
    '}',
  ].join('\n')
}
