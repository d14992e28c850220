/** Reads what the generator needs out of an OpenAPI 3.1 document; knows nothing of TypeScript. */

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** Every operation with a dotted id, in the document's order. */
export function readOperations(document) {
  const operations = []
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method]
      if (operation === undefined) continue
      operations.push(readOperation(document, path, method, item, operation))
    }
  }
  return operations.sort((a, b) => compare(a.id, b.id))
}

function readOperation(document, path, method, item, operation) {
  const where = `${method.toUpperCase()} ${path}`
  const id = operation.operationId
  if (!/^[a-z]\w*(\.[a-z]\w*)+$/.test(id ?? '')) {
    throw new Error(`${where}: operationId is ${id}; it must be <resource>.<verb> in camelCase`)
  }
  const own = (operation.parameters ?? []).map((parameter) => resolve(document, parameter))
  const shared = (item.parameters ?? [])
    .map((parameter) => resolve(document, parameter))
    .filter((one) => !own.some((other) => other.name === one.name && other.in === one.in))
  const query = [...shared, ...own].filter((parameter) => parameter.in === 'query')
  const names = id.split('.')
  return {
    id,
    resource: names.slice(0, -1),
    verb: names.at(-1),
    method: method.toUpperCase(),
    path,
    pathParameters: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
    query: { exists: query.length > 0, required: query.some((parameter) => parameter.required) },
    body: readBody(document, operation.requestBody),
    response: readResponse(document, operation.responses ?? {}, where),
    summary: operation.summary,
    description: operation.description,
    deprecated: operation.deprecated === true,
  }
}

function readBody(document, requestBody) {
  const resolved = resolve(document, requestBody)
  if (resolved === undefined) return undefined
  const [mediaType, media] = preferJson(resolved.content ?? {})
  if (mediaType === undefined) return undefined
  const required = resolved.required === true
  if (!isJson(mediaType)) return { kind: 'raw', mediaType, required }
  return { kind: 'json', mediaType, required, component: componentOf(media.schema) }
}

/** The first 2xx with content decides; without content the method resolves to nothing. */
function readResponse(document, responses, where) {
  const successes = Object.keys(responses).filter((status) => /^2\d\d$/.test(status))
  if (successes.length === 0) throw new Error(`${where}: no 2xx response is described`)
  for (const status of successes) {
    const [mediaType, media] = preferJson(resolve(document, responses[status]).content ?? {})
    if (mediaType === undefined) continue
    if (!isJson(mediaType)) return { kind: 'raw', status, mediaType }
    const schema = resolve(document, media.schema) ?? {}
    const component = componentOf(media.schema)
    const { data, has_more: hasMore } = schema.properties ?? {}
    const items = resolve(document, data)?.items
    if (items === undefined || hasMore === undefined) {
      return { kind: 'json', status, mediaType, component }
    }
    return { kind: 'list', status, mediaType, component, item: componentOf(items) }
  }
  return { kind: 'empty' }
}

/** Event types and the component that each carries: `bill.paid` → `Bill`, when there is one. */
export function readEventObjects(document) {
  const schemas = document.components?.schemas ?? {}
  const fromEvent = resolve(document, resolve(document, schemas.Event)?.properties?.type)?.enum
  const types = schemas.EventType?.enum ?? fromEvent ?? Object.keys(document.webhooks ?? {})
  return types.toSorted(compare).map((type) => {
    const component = pascalCase(type.split('.')[0] ?? '')
    return { type, component: schemas[component] === undefined ? undefined : component }
  })
}

/** Method, path, scopes, and the schemas of query and body, of every operation; texts for people left out. */
export function readRequestSchemas(document) {
  const operations = {}
  const components = {}
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const method of METHODS) {
      const operation = item[method]
      if (operation === undefined) continue
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) =>
        resolve(document, one),
      )
      const isKeyed = parameters.some(({ name }) => /^idempotency-key$/i.test(name))
      const query = parameters.filter((parameter) => parameter.in === 'query')
      const body = resolve(document, operation.requestBody)?.content?.['application/json']?.schema
      operations[operation.operationId] = {
        method: method.toUpperCase(),
        path,
        scopes: operation['x-scopes'] ?? [],
        is_idempotent: isKeyed,
        query: Object.fromEntries(query.map(({ name, schema }) => [name, bare(schema)])),
        ...(body === undefined ? {} : { body: bare(body) }),
      }
      collect(document, operations[operation.operationId], components)
    }
  }
  return { operations: sorted(operations), components: sorted(components) }
}

/** The components that these schemas name, and those that these name. */
function collect(document, value, components) {
  if (typeof value !== 'object' || value === null) return
  const name = componentOf(value)
  if (name !== undefined && components[name] === undefined) {
    components[name] = bare(document.components.schemas[name])
    collect(document, components[name], components)
  }
  for (const inner of Object.values(value)) collect(document, inner, components)
}

/** A schema without what only people read. A field of that name stays: its value is a schema. */
function bare(schema) {
  if (Array.isArray(schema)) return schema.map(bare)
  if (typeof schema !== 'object' || schema === null) return schema
  const isText = (key, value) =>
    (key === 'description' || key === 'example') && typeof value === 'string'
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !isText(key, value))
      .map(([key, value]) => [key, bare(value)]),
  )
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)))
}

export function pascalCase(text) {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

export function camelCase(text) {
  const pascal = pascalCase(text)
  return pascal.charAt(0).toLowerCase() + pascal.slice(1)
}

/** By code unit: a locale's order would differ between machines. */
export function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0
}

function resolve(document, value) {
  let current = value
  for (let hops = 0; current?.$ref !== undefined; hops += 1) {
    if (hops > 20 || !current.$ref.startsWith('#/')) {
      throw new Error(`cannot resolve ${current.$ref}: only references inside the document work`)
    }
    const keys = current.$ref.slice(2).split('/')
    current = keys.reduce((node, key) => node?.[unescapeKey(key)], document)
  }
  return current
}

function unescapeKey(key) {
  return decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~')
}

function componentOf(schema) {
  return /^#\/components\/schemas\/([^/]+)$/.exec(schema?.$ref ?? '')?.[1]
}

function preferJson(content) {
  const entries = Object.entries(content)
  return entries.find(([mediaType]) => isJson(mediaType)) ?? entries[0] ?? []
}

function isJson(mediaType) {
  return /^application\/([\w.-]+\+)?json\b/.test(mediaType)
}
