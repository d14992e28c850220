import type { PayerPersonal } from './payer.types.js'

const TAIL_LENGTH_MAX = 4

/**
 * One spelling per number: people type full-width digits, spaces and a lower-case x at the end of a
 * certificate number (GB 11643), and mean the same person.
 */
export function normalizeNumber(number: string): string {
  return number.normalize('NFKC').replace(/\s+/g, '').toUpperCase()
}

export function normalizePhone(phone: string): string {
  return phone.replace(/[\s-]+/g, '')
}

/** What may be shown of a number: its end, at most four characters and at most a third of it. */
export function numberTail(number: string): string {
  const characters = [...normalizeNumber(number)]
  const length = Math.min(TAIL_LENGTH_MAX, Math.floor(characters.length / 3))
  return length === 0 ? '' : characters.slice(-length).join('')
}

export function maskNumber(tail: string): string {
  return `****${tail}`
}

/** 张三丰 → 张*丰, 张三 → 张*. One star whatever the length, so that it isn't told. */
export function maskName(name: string): string {
  const characters = [...name.trim()]
  const [first = '', last = ''] = [characters.at(0), characters.at(-1)]
  if (characters.length < 2) return '*'
  return characters.length === 2 ? `${first}*` : `${first}*${last}`
}

/** 13812345678 → 138****5678, as people in China know it; of a shorter number only the last two. */
export function maskPhone(phone: string): string {
  if (phone.length >= 11) return `${phone.slice(0, -8)}****${phone.slice(-4)}`
  return `****${phone.slice(-2)}`
}

export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  return `${at > 1 ? email.charAt(0) : ''}***${email.slice(at)}`
}

/** What a caller says about a person. Absent means "not said". */
export interface GivenPersonal {
  readonly name?: string | undefined
  readonly phone?: string | null | undefined
  readonly email?: string | null | undefined
}

/** Lays what the caller says over what is known; null clears. */
export function mergePersonal(known: PayerPersonal, given: GivenPersonal): PayerPersonal {
  const { name, phone, email } = given
  return {
    number: known.number,
    name: name === undefined ? known.name : name.normalize('NFC').trim(),
    phone: phone === undefined ? known.phone : phone === null ? null : normalizePhone(phone),
    email: email === undefined ? known.email : email,
  }
}

/** Whether everything that the caller says is already known. */
export function isSamePersonal(known: PayerPersonal, given: GivenPersonal): boolean {
  const merged = mergePersonal(known, given)
  return merged.name === known.name && merged.phone === known.phone && merged.email === known.email
}
