/** What a query may hold. A nested object becomes `name[key]=`, an array repeats the name. */
export type QueryValue =
  | string
  | number
  | boolean
  | bigint
  | Date
  | null
  | undefined
  | readonly QueryValue[]
  | { readonly [key: string]: QueryValue }

/**
 * The absolute URL of a call. It is normalised once, here, because the signature covers these very
 * characters and `fetch` must not change them.
 */
export function buildUrl(baseUrl: string, path: string, query: object | undefined): string {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) => queryPairs(name, value))
  const search = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return new URL(`${baseUrl}${path}${search === '' ? '' : `?${search}`}`).href
}

/** Puts the ids, in order, where the path says `{name}`. */
export function fillPath(path: string, ids: readonly string[]): string {
  let position = 0
  return path.replace(/\{\w+\}/g, (name) => {
    const value = ids[position]
    position += 1
    // An empty id or a dot segment would silently call another endpoint.
    if (typeof value !== 'string' || /^\.{0,2}$/.test(value)) {
      const shown = JSON.stringify(value)
      throw new TypeError(`${name} of ${path} must be a non-empty string, not ${shown}`)
    }
    return encode(value)
  })
}

function queryPairs(name: string, value: QueryValue): [string, string][] {
  if (value === undefined || value === null) return []
  if (value instanceof Date) return [[name, value.toISOString()]]
  if (isList(value)) return value.flatMap((item) => queryPairs(name, item))
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) => queryPairs(`${name}[${key}]`, item))
  }
  return [[name, String(value)]]
}

function isList(value: QueryValue): value is readonly QueryValue[] {
  return Array.isArray(value)
}

function encode(text: string): string {
  // WHATWG URLs and RFC 3986 disagree about the apostrophe; escaped, it is the same in both.
  return encodeURIComponent(text).replace(/'/g, '%27')
}
