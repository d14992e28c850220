import { z } from 'zod'
import { endpoint } from './payer-idp.config.js'

/** The institution's own identity provider for the people of the console: an OAuth 2.0 server with PKCE. */
export interface OperatorIdp {
  /** Whose people it knows. */
  readonly institutionId: string
  readonly authorizationUrl: string
  readonly tokenUrl: string
  readonly userinfoUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string | undefined
  /** The member of the userinfo answer that holds what we call the login. */
  readonly loginClaim: string
  /** It asks for a second factor itself, of everybody it sends us; otherwise we ask. */
  readonly hasSecondFactor: boolean
}

const text = z.string().min(1).optional()

export const OPERATOR_IDP_VARIABLES = {
  OPERATOR_IDP_INSTITUTION: z
    .string()
    .regex(/^inst_[0-9a-z]{26}$/, 'must be the id of an institution, inst_…')
    .optional(),
  OPERATOR_IDP_AUTHORIZATION_URL: endpoint,
  OPERATOR_IDP_TOKEN_URL: endpoint,
  OPERATOR_IDP_USERINFO_URL: endpoint,
  OPERATOR_IDP_CLIENT_ID: text,
  OPERATOR_IDP_CLIENT_SECRET: text,
  OPERATOR_IDP_SCOPE: text,
  OPERATOR_IDP_LOGIN_CLAIM: text,
  OPERATOR_IDP_SECOND_FACTOR: z
    .enum(['ours', 'theirs'], "must be 'ours' (we ask for it) or 'theirs' (the provider does)")
    .optional(),
}

type Variables = z.infer<z.ZodObject<typeof OPERATOR_IDP_VARIABLES>>

const REQUIRED = [
  'OPERATOR_IDP_INSTITUTION',
  'OPERATOR_IDP_AUTHORIZATION_URL',
  'OPERATOR_IDP_TOKEN_URL',
  'OPERATOR_IDP_USERINFO_URL',
  'OPERATOR_IDP_CLIENT_ID',
  'OPERATOR_IDP_CLIENT_SECRET',
] as const

/** What is missing of a provider that was begun; nothing of one that was not. */
export function missingOfOperatorIdp(env: Variables): readonly (typeof REQUIRED)[number][] {
  const given = new Map<string, unknown>(Object.entries(env))
  const isBegun = Object.keys(OPERATOR_IDP_VARIABLES).some((name) => given.get(name) !== undefined)
  return isBegun ? REQUIRED.filter((name) => env[name] === undefined) : []
}

/** Null: none is set, so our own signs people in. */
export function operatorIdpOf(env: Variables): OperatorIdp | null {
  const { OPERATOR_IDP_INSTITUTION: institutionId } = env
  if (institutionId === undefined) return null
  return {
    institutionId,
    authorizationUrl: env.OPERATOR_IDP_AUTHORIZATION_URL ?? '',
    tokenUrl: env.OPERATOR_IDP_TOKEN_URL ?? '',
    userinfoUrl: env.OPERATOR_IDP_USERINFO_URL ?? '',
    clientId: env.OPERATOR_IDP_CLIENT_ID ?? '',
    clientSecret: env.OPERATOR_IDP_CLIENT_SECRET ?? '',
    scope: env.OPERATOR_IDP_SCOPE,
    loginClaim: env.OPERATOR_IDP_LOGIN_CLAIM ?? 'email',
    hasSecondFactor: env.OPERATOR_IDP_SECOND_FACTOR === 'theirs',
  }
}

/** Where an identity provider sends people of the console back to; it must be registered there. */
export function consoleCallbackOf(config: { readonly publicOrigin: string }): string {
  return `${config.publicOrigin}/console/callback`
}
