import { isAddressIn, parseIpRange } from '../../../infra/net/ip-range.js'
import type { FieldError } from '../../../kernel/errors.js'
import type { AccountCheck } from '../channel.port.js'
import type { ChannelAccountStatus, CheckOutcome, CheckResult } from './channel-account.types.js'

const MESSAGE_LENGTH_MAX = 500

/** What an account is by what was last learned of it; a person may have taken it out of service besides. */
export function statusOf(check: CheckResult | null): Exclude<ChannelAccountStatus, 'disabled'> {
  switch (check) {
    case 'works':
      return 'active'
    case 'refused':
      return 'unusable'
    case 'unknown':
    case null:
      return 'unverified'
  }
}

export const NOT_CHECKED: CheckOutcome = {
  check_result: null,
  check_message: null,
  checked_at: null,
}

export function outcomeOf(check: AccountCheck, now: Date): CheckOutcome {
  return {
    check_result: check.kind,
    check_message: messageOf(check)?.slice(0, MESSAGE_LENGTH_MAX) ?? null,
    checked_at: now,
  }
}

function messageOf(check: AccountCheck): string | null {
  switch (check.kind) {
    case 'works':
      return null
    case 'refused':
      return `${check.code}: ${check.message}`
    case 'unknown':
      return check.reason
  }
}

/** Lays the given settings over the known ones: what is left out stays, null takes away. */
export function mergedSettings(
  known: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...known, ...given }).filter(([, value]) => value !== null),
  )
}

/** This machine and its network: whoever may save an account must not make us call there. */
const PRIVATE_RANGES = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', 'fc00::/7', 'fe80::/10', 'ff00::/8'],
].flatMap((text) => parseIpRange(text) ?? [])

/** Where the simulators are: the one address of our own that a test account may name. */
export interface AddressRules {
  readonly livemode: boolean
  readonly simulatorOrigin: string
}

/**
 * The settings that name an address which is not a provider's. Names are not resolved: an institution's own
 * DNS can still lead inside, which is for the network around the platform to refuse.
 */
export function addressProblems(
  settings: Readonly<Record<string, unknown>>,
  rules: AddressRules,
): FieldError[] {
  return Object.entries(settings).flatMap(([field, value]) =>
    typeof value === 'string' && /^https?:/i.test(value) && !mayCall(value, rules)
      ? [
          {
            pointer: pointerTo(field),
            code: 'field_value_invalid',
            detail: rules.livemode
              ? 'must be the https address of the provider'
              : 'must be the https address of the provider, or that of the simulators',
          },
        ]
      : [],
  )
}

/** JSON Pointer (RFC 6901 section 3) to a setting. */
export function pointerTo(...path: readonly (string | number)[]): string {
  const segments = ['settings', ...path.map(String)]
  return segments.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function mayCall(text: string, { livemode, simulatorOrigin }: AddressRules): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url) return false
  if (!livemode && url.origin === simulatorOrigin) return true
  if (url.protocol !== 'https:') return false
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return false
  return !isAddressIn(host, PRIVATE_RANGES)
}
