import { z } from 'zod'

const NUMBER_TYPES = ['student_no', 'employee_no', 'certificate_no'] as const

/** The campus identity provider (统一身份认证) at which payers sign in: an OAuth 2.0 server with PKCE. */
export interface PayerIdp {
  /** The simulated one: everybody may be anybody there, so it serves test mode alone. */
  readonly isSimulated: boolean
  /** Whose people it knows. Null for the simulated one, which serves every institution. */
  readonly institutionId: string | null
  readonly authorizationUrl: string
  readonly tokenUrl: string
  readonly userinfoUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string | undefined
  /** The member of the userinfo answer that holds the person's number. */
  readonly numberClaim: string
  /** What kinds of number the claim may be, all from one register: no number means two persons. */
  readonly numberTypes: readonly (typeof NUMBER_TYPES)[number][]
}

/** People's credentials pass here: encrypted, unless they never leave this machine. */
export const endpoint = z
  .string()
  .refine(isSecure, 'must be an https URL (http only on localhost)')
  .optional()
const text = z.string().min(1).optional()

export const PAYER_IDP_VARIABLES = {
  PAYER_IDP_INSTITUTION: z
    .string()
    .regex(/^inst_[0-9a-z]{26}$/, 'must be the id of an institution, inst_…')
    .optional(),
  PAYER_IDP_AUTHORIZATION_URL: endpoint,
  PAYER_IDP_TOKEN_URL: endpoint,
  PAYER_IDP_USERINFO_URL: endpoint,
  PAYER_IDP_CLIENT_ID: text,
  PAYER_IDP_CLIENT_SECRET: text,
  PAYER_IDP_SCOPE: text,
  PAYER_IDP_NUMBER_CLAIM: text,
  PAYER_IDP_NUMBER_TYPES: z
    .string()
    .transform((list) => list.split(',').map((item) => item.trim()))
    .pipe(z.array(z.enum(NUMBER_TYPES, `must be some of ${NUMBER_TYPES.join(', ')}`)))
    .optional(),
}

type Variables = z.infer<z.ZodObject<typeof PAYER_IDP_VARIABLES>>

const REQUIRED = [
  'PAYER_IDP_INSTITUTION',
  'PAYER_IDP_AUTHORIZATION_URL',
  'PAYER_IDP_TOKEN_URL',
  'PAYER_IDP_USERINFO_URL',
  'PAYER_IDP_CLIENT_ID',
  'PAYER_IDP_CLIENT_SECRET',
] as const

/** What is missing of a provider that was begun; nothing of one that was not. */
export function missingOfPayerIdp(env: Variables): readonly (typeof REQUIRED)[number][] {
  const isBegun = Object.keys(PAYER_IDP_VARIABLES).some(
    (name) => Object.entries(env).find(([key]) => key === name)?.[1] !== undefined,
  )
  return isBegun ? REQUIRED.filter((name) => env[name] === undefined) : []
}

/** The settings, or the simulated provider when there are none. */
export function payerIdpOf(env: Variables, simulatorOrigin: string): PayerIdp {
  const base = `${simulatorOrigin}/campus-identity`
  return {
    isSimulated: env.PAYER_IDP_INSTITUTION === undefined,
    institutionId: env.PAYER_IDP_INSTITUTION ?? null,
    authorizationUrl: env.PAYER_IDP_AUTHORIZATION_URL ?? `${base}/authorize`,
    tokenUrl: env.PAYER_IDP_TOKEN_URL ?? `${base}/token`,
    userinfoUrl: env.PAYER_IDP_USERINFO_URL ?? `${base}/userinfo`,
    clientId: env.PAYER_IDP_CLIENT_ID ?? 'openbursar',
    clientSecret: env.PAYER_IDP_CLIENT_SECRET ?? 'simulated-secret',
    scope: env.PAYER_IDP_SCOPE,
    numberClaim: env.PAYER_IDP_NUMBER_CLAIM ?? 'number',
    numberTypes: env.PAYER_IDP_NUMBER_TYPES ?? ['student_no', 'employee_no'],
  }
}

function isSecure(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

/** The names by which a machine reaches itself alone. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}

/** Where the identity provider sends payers back to; it must be registered there. */
export function signInCallbackOf(config: { readonly publicOrigin: string }): string {
  return `${config.publicOrigin}/payer/sign-in/callback`
}
