import type { SignatureCause } from './hypothesis.js'

/** One wrong `@target-uri`. */
export interface TargetMistake {
  readonly cause: SignatureCause
  readonly detail: string
  readonly targetUri: string
}

interface Parts {
  readonly scheme: string
  readonly host: string
  readonly path: string
  /** With its question mark; empty when there is none. */
  readonly query: string
}

/** The wrong ways in which programs write the URL that they sign, likeliest first. */
export function targetMistakes(targetUri: string, hostHeader: string | null): TargetMistake[] {
  const parts = partsOf(targetUri)
  if (!parts) return []
  return [
    ...partMissing(parts),
    ...otherOrigin(parts, hostHeader),
    ...otherPath(parts),
    ...otherQuery(parts),
    ...otherEncoding(parts),
  ].filter((mistake) => mistake.targetUri !== targetUri)
}

function partsOf(targetUri: string): Parts | null {
  const match = /^([a-z]+):\/\/([^/?#]*)([^?]*)(\?.*)?$/.exec(targetUri)
  if (!match) return null
  const [, scheme = '', host = '', path = '', query = ''] = match
  return { scheme, host, path, query }
}

const joined = ({ scheme, host, path, query }: Parts) => `${scheme}://${host}${path}${query}`

function partMissing(parts: Parts): TargetMistake[] {
  const absolute = '@target-uri is the whole URL: scheme, host, path and query.'
  const { path, query } = parts
  return [
    {
      cause: 'query_missing',
      detail: `You signed the URL without its query. ${absolute}`,
      targetUri: joined({ ...parts, query: '' }),
    },
    {
      cause: 'target_not_absolute',
      detail: `You signed the path and query without scheme and host. ${absolute}`,
      targetUri: path + query,
    },
    {
      cause: 'target_not_absolute',
      detail: `You signed the path alone. ${absolute}`,
      targetUri: path,
    },
  ]
}

function otherOrigin(parts: Parts, hostHeader: string | null): TargetMistake[] {
  const scheme = parts.scheme === 'https' ? 'http' : 'https'
  const origin = `${parts.scheme}://${parts.host}`
  const port = parts.scheme === 'https' ? ':443' : ':80'
  const host = hostHeader ?? parts.host
  return [
    {
      cause: 'target_scheme',
      detail: `You signed ${scheme}://, but this platform is reached as ${origin}.`,
      targetUri: joined({ ...parts, scheme }),
    },
    ...[parts.scheme, scheme].map((each) => ({
      cause: 'target_host' as const,
      detail: `You signed the host ${host}, to which the request went, but this platform's public origin is ${origin}. Sign that one, also when you call through another address.`,
      targetUri: joined({ ...parts, scheme: each, host }),
    })),
    {
      cause: 'target_port',
      detail: `You signed the default port ${port}. The public origin is ${origin}, without it.`,
      targetUri: joined({ ...parts, host: parts.host + port }),
    },
    {
      cause: 'target_port',
      detail: `You signed the URL without its port. The public origin is ${origin}.`,
      targetUri: joined({ ...parts, host: parts.host.replace(/:\d+$/, '') }),
    },
  ]
}

function otherPath(parts: Parts): TargetMistake[] {
  const { path } = parts
  const otherEnd = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  return [
    {
      cause: 'trailing_slash',
      detail: `You signed the path ${otherEnd}, but sent ${path}. A slash at the end counts.`,
      targetUri: joined({ ...parts, path: otherEnd }),
    },
    {
      cause: 'path_prefix',
      detail: 'You signed the path without its first part, /v1.',
      targetUri: joined({ ...parts, path: path.replace(/^\/v1(?=\/)/, '') }),
    },
  ]
}

function otherQuery(parts: Parts): TargetMistake[] {
  const { query } = parts
  const pairs = query.slice(1).split('&')
  const mark = query === '' ? '?' : ''
  return [
    {
      cause: 'query_order',
      detail: 'You signed the query sorted by name. Sign it in the order in which you send it.',
      targetUri: joined({ ...parts, query: query === '' ? '' : `?${pairs.toSorted().join('&')}` }),
    },
    ...(query === '' || query === '?'
      ? [
          {
            cause: 'query_encoding' as const,
            detail:
              'A question mark without a query behind it counts: sign it exactly if you send it.',
            targetUri: joined({ ...parts, query: mark }),
          },
        ]
      : []),
  ]
}

function otherEncoding(parts: Parts): TargetMistake[] {
  const pathAndQuery = parts.path + parts.query
  const origin = `${parts.scheme}://${parts.host}`
  const decoded = quietly(() => decodeURIComponent(pathAndQuery)) ?? pathAndQuery
  const forms = [
    decoded,
    decoded.replaceAll('+', ' '),
    quietly(() => decodeURI(pathAndQuery)),
    quietly(() => encodeURI(decoded)),
    quietly(() => encodeURI(pathAndQuery)),
    pathAndQuery.replaceAll('+', '%20'),
    pathAndQuery.replaceAll('%20', '+'),
    pathAndQuery.replaceAll(/%[0-9a-f]{2}/gi, (hex) => hex.toLowerCase()),
    pathAndQuery.replaceAll(/%[0-9a-f]{2}/gi, (hex) => hex.toUpperCase()),
  ]
  const href = quietly(() => new URL(joined(parts)).href)
  return [
    ...[...new Set(forms)].flatMap((form): TargetMistake[] => {
      if (form === undefined) return []
      const detail =
        'You signed the URL with another percent-encoding than the one you sent. Encode it once, sign that text, and send the same text.'
      return [{ cause: 'query_encoding', detail, targetUri: origin + form }]
    }),
    ...(href === undefined
      ? []
      : [
          {
            cause: 'url_normalized' as const,
            detail:
              'Your program tidied the URL before signing (dots, escapes, default port), but sent it as it was.',
            targetUri: href,
          },
        ]),
  ]
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
