/** A message of UnionPay: names and texts, nothing nested. */
export type Fields = Readonly<Record<string, string>>

const NAME = /^[A-Za-z0-9_]{1,64}$/
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

/**
 * Reads `k=v&k=v` as UnionPay answers it: not percent-encoded, a value in brackets going on to the
 * bracket that closes it. Null when it is none, or when a name comes twice.
 */
export function parseAnswer(text: string): Fields | null {
  const fields = new Map<string, string>()
  let at = 0
  while (at < text.length) {
    const equals = text.indexOf('=', at)
    if (equals < 0) return null
    const name = text.slice(at, equals)
    const end = endOfValue(text, equals + 1)
    if (end === null || !NAME.test(name) || fields.has(name)) return null
    fields.set(name, text.slice(equals + 1, end))
    at = end + 1
  }
  return withoutEmpty(fields)
}

function endOfValue(text: string, start: number): number | null {
  const open = text.charAt(start)
  const close = CLOSING[open]
  let from = start
  if (close !== undefined) {
    const closed = endOfBrackets(text, start, open, close)
    if (closed === null) return null
    from = closed
  }
  const end = text.indexOf('&', from)
  return end < 0 ? text.length : end
}

function endOfBrackets(text: string, start: number, open: string, close: string): number | null {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === open) depth += 1
    if (character === close) depth -= 1
    if (depth === 0) return at + 1
  }
  return null
}

/** Reads a form; null when its percent-encoding or its UTF-8 is broken, or when a name comes twice. */
export function parseForm(text: string): Fields | null {
  const fields = new Map<string, string>()
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=')
    if (equals < 0) return null
    const name = decode(pair.slice(0, equals))
    const value = decode(pair.slice(equals + 1))
    if (name === null || value === null || !NAME.test(name) || fields.has(name)) return null
    fields.set(name, value)
  }
  return withoutEmpty(fields)
}

function decode(text: string): string | null {
  if (!/^(?:[A-Za-z0-9*\-._+!'()~]|%[0-9A-Fa-f]{2})*$/.test(text)) return null
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

/** UnionPay signs no empty field, and asks to drop those that arrive. */
function withoutEmpty(fields: ReadonlyMap<string, string>): Fields {
  return Object.fromEntries([...fields].filter(([, value]) => value !== ''))
}
