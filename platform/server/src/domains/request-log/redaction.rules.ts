/** What stands where something was taken out. */
export const REDACTED = '[redacted]'

/**
 * Members whose value never reaches the log, whatever it is: by the last words of their name, in
 * snake_case (`payerPhone`, `payer-phone` and `payer_phones` are all `…_phone`).
 */
export const REDACTED_NAMES = {
  'who somebody is': ['name', 'surname', 'birthday', 'date_of_birth', '姓名'],
  'how to reach somebody': ['phone', 'mobile', 'tel', 'telephone', 'email', 'mail', 'address'],
  'how to reach somebody, in Chinese': ['手机', '手机号', '电话', '邮箱', '地址'],
  'numbers of persons': ['number', 'id_card', 'idcard', 'id_no', 'passport', 'openid'],
  'numbers of persons in an institution': ['student_no', 'employee_no', 'certificate_no'],
  'numbers of persons, in Chinese': ['证件号', '证件号码', '身份证', '身份证号', '学号', '工号'],
  'numbers of accounts': ['card_no', 'account_no', 'pan', 'cvv', 'cvc'],
  passwords: ['password', 'passwd', 'pwd', 'passphrase', 'pin', 'otp', '密码'],
  'keys and secrets': ['secret', 'private_key', 'api_key', 'access_key', 'credential'],
  'what somebody searched for, which may be a number of a person': ['q'],
  tokens: [
    'token',
    'assertion',
    'code_verifier',
    'acceptance_link',
    'authorization',
    'dpop',
    'cookie',
    'session',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The members of a JSON Web Key that are private (RFC 7518 sections 6.2.2, 6.3.2 and 6.4). */
const PRIVATE_JWK_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])

/** A text that is secret or personal wherever it stands, also under a name that nobody foresaw. */
interface TextRule {
  /** Cheap, and true of every text in which the pattern may be found. */
  readonly mayOccur: RegExp
  readonly pattern: RegExp
  /** What stands there instead, when not everything that was found has to go. */
  readonly instead?: string
}

/** In every answer about a payment, hence apart. The link is the credential of whoever pays. */
const CASHIER_LINK = {
  mayOccur: /\/cashier\//,
  pattern: /\/cashier\/(api\/)?(?!api\/|assets\/|\[redacted\])[^/?#"\s]+/g,
  instead: `/cashier/$1${REDACTED}`,
} as const satisfies TextRule

export const REDACTED_TEXTS: Readonly<Record<string, TextRule>> = {
  'a webhook secret': { mayOccur: /whsec_/, pattern: /whsec_[A-Za-z0-9+/=_-]+/g },
  'a private key': {
    mayOccur: /PRIVATE KEY/,
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g,
  },
  'a JSON Web Token': { mayOccur: /eyJ/, pattern: /\beyJ[\w-]{5,}(?:\.[\w-]*)+/g },
  'the credentials of a header': {
    mayOccur: /(?:bearer|dpop|basic)\s/i,
    pattern: /\b(?:Bearer|DPoP|Basic)\s+[\w.~+/=-]{8,}/gi,
  },
  "a cashier link's token": CASHIER_LINK,
  'an e-mail address': { mayOccur: /@[\w-]+\./, pattern: /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g },
  'a resident identity number': {
    mayOccur: /\d{17}/,
    pattern:
      /(?<!\w)[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\w)/g,
  },
  'a mobile phone number': {
    mayOccur: /1[3-9]\d[- ]?\d{4}[- ]?\d{4}/,
    pattern: /(?<!\w)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\w)/g,
  },
  'a bank card number': {
    mayOccur: /\d{4}[- ]?\d{4}[- ]?\d{4}/,
    pattern: /(?<!\w)[3-6]\d{3}(?:[- ]?\d{4}){2,3}[- ]?\d{1,4}(?!\w)/g,
  },
}

const TEXT_RULES = Object.values(REDACTED_TEXTS)

/** Looking for these is several times as fast as looking for all patterns at once. */
const EARMARKS = ['whsec_', 'eyJ', 'PRIVATE KEY']
const EARMARK = /\d{3}[- ]?\d{4}[- ]?\d{4}|[Bb](?:earer|EARER|asic|ASIC)\s|[Dd][Pp][Oo][Pp]\s/

/** Whether a rule may find something; most texts pass by this one look. */
export function isSuspicious(text: string): boolean {
  return text.includes('/cashier/') || isRarelySuspicious(text)
}

function isRarelySuspicious(text: string): boolean {
  for (const earmark of EARMARKS) if (text.includes(earmark)) return true
  return EARMARK.test(text) || (text.includes('@') && /@[\w-]+\./.test(text))
}

/** A text without what must not be kept. */
export function redactText(text: string): string {
  if (!isSuspicious(text)) return text
  let left = text
  for (const { mayOccur, pattern, instead } of TEXT_RULES) {
    if (mayOccur.test(left)) left = left.replace(pattern, instead ?? REDACTED)
  }
  return left
}

const NAMES = new Set<string>(Object.values(REDACTED_NAMES).flat())
/** Names as they were met, so that each is taken apart once. Bounded, for callers choose them. */
const verdicts = new Map<string, boolean>()
const VERDICTS_MAX = 10_000
const NAME_LENGTH_KNOWN_MAX = 64

/** Whether the value of a member, parameter or header of this name must not be kept. */
export function isRedactedName(name: string): boolean {
  const known = verdicts.get(name)
  if (known !== undefined) return known
  const verdict = judge(name)
  if (verdicts.size < VERDICTS_MAX && name.length <= NAME_LENGTH_KNOWN_MAX)
    verdicts.set(name, verdict)
  return verdict
}

function judge(name: string): boolean {
  const words = name
    .slice(-100)
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  const ends = words.map((_, index) => words.slice(index).join('_'))
  return ends.some((end) => NAMES.has(end) || NAMES.has(end.replace(/s$/, '')))
}

/** No rule above finds anything shorter; an e-mail address is a@b.c at least. */
const SHORTEST_SECRET = 5

/** A JSON value without what must not be kept. Its shape stays: every member and element is there. */
export function redactJson(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length < SHORTEST_SECRET ? value : redactText(value)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(redactJson)
  const isJwk = 'kty' in value
  const kept: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const isSecret = isRedactedName(name) || (isJwk && PRIVATE_JWK_MEMBERS.has(name))
    // A name of a few letters hides no number and no token.
    const keptName = name.length < SHORTEST_SECRET ? name : redactText(name)
    kept[keptName] = isSecret ? redactAll(member) : redactJson(member)
  }
  return kept
}

/** Every text and number inside, however deep: nothing of it may be kept but its shape. */
function redactAll(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactAll)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [redactText(name), redactAll(member)]),
    )
  }
  return typeof value === 'boolean' || value === null ? value : REDACTED
}

/** `redactJson` on texts. Null for what is no JSON: what cannot be read cannot be redacted. */
export function redactJsonText(text: string): string | null {
  try {
    return JSON.stringify(redactJson(JSON.parse(text)))
  } catch {
    return null
  }
}

/**
 * The same for a text that our own `JSON.stringify` wrote, four times as fast, because such a text mostly
 * needs no parsing: with no backslash in it, `":` occurs after a member's name and nowhere else.
 */
export function redactOwnJsonText(text: string): string | null {
  if (text.includes('\\') || text.includes('"kty"') || hasRedactedName(text)) {
    return redactJsonText(text)
  }
  if (isRarelySuspicious(text)) return redactJsonText(text)
  return text.replace(CASHIER_LINK.pattern, CASHIER_LINK.instead)
}

function hasRedactedName(json: string): boolean {
  for (let end = json.indexOf('":'); end !== -1; end = json.indexOf('":', end + 2)) {
    if (isRedactedName(json.slice(json.lastIndexOf('"', end - 1) + 1, end))) return true
  }
  return false
}

/** A query without what must not be kept; parameters keep their order and the rest of their text. */
export function redactQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const [name = '', ...rest] = pair.split('=')
      const value = rest.join('=')
      if (value === '') return redactText(pair)
      if (isRedactedName(decode(name))) return `${name}=${REDACTED}`
      const decoded = decode(value)
      return redactText(decoded) === decoded ? pair : `${name}=${REDACTED}`
    })
    .join('&')
}

/** A path without what must not be kept: each segment, also as it reads when decoded. */
export function redactPath(path: string): string {
  if (!path.includes('%')) return redactText(path)
  const decoded = decode(path)
  return redactText(decoded) === decoded ? path : redactText(decoded)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
