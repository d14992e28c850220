import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { parseIpRange } from '../net/ip-range.js'
import {
  missingOfOperatorIdp,
  OPERATOR_IDP_VARIABLES,
  type OperatorIdp,
  operatorIdpOf,
} from './operator-idp.config.js'
import {
  missingOfPayerIdp,
  PAYER_IDP_VARIABLES,
  type PayerIdp,
  payerIdpOf,
} from './payer-idp.config.js'

const port = (fallback: number) =>
  z.coerce
    .number({ error: 'must be a port number' })
    .int('must be a whole number')
    .min(1, 'must be between 1 and 65535')
    .max(65535, 'must be between 1 and 65535')
    .default(fallback)

const url = (protocols: readonly string[], what: string) =>
  z.string().refine((text) => {
    const parsed = URL.canParse(text) ? new URL(text) : null
    return parsed !== null && protocols.includes(parsed.protocol)
  }, `must be ${what}`)

const origin = url(['http:', 'https:'], 'an origin such as https://pay.example.edu').refine(
  (text) => URL.canParse(text) && new URL(text).origin === text,
  'must be an origin alone: no path, no trailing slash',
)

/** Whoever is trusted here may say of every request where it comes from. */
const proxies = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every((part) => (parseIpRange(part)?.prefixLength ?? 0) > 0),
    'must be addresses or CIDR ranges of your proxies, separated by commas, such as 10.0.0.0/8,::1',
  )

/** `100`, `100:500` or `0.5:10`: requests a second, and how many at once (twice that unless said); 0: no limit. */
const rate = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine(
      (text) => /^0$|^(?:[1-9]\d{0,6}|0\.\d{0,3}[1-9])(:[1-9]\d{0,6})?$/.test(text),
      'must be requests a second, such as 100, or 100:500 to allow 500 at once; 0 for no limit',
    )
    .transform((text): RateSetting | null => {
      const [perSecond = 0, burst = Math.ceil(2 * perSecond)] = text.split(':').map(Number)
      return perSecond === 0 ? null : { perSecond, burst }
    })

const EnvironmentSchema = z
  .object({
    PORT: port(3000),
    SIMULATOR_PORT: port(3100),
    PUBLIC_ORIGIN: origin.optional(),
    DATA_DIR: z.string().min(1).default('.data'),
    DATABASE_URL: url(
      ['postgres:', 'postgresql:'],
      'a PostgreSQL URL such as postgresql://user:password@host:5432/name',
    ).optional(),
    REDIS_URL: url(['redis:', 'rediss:'], 'a Redis URL such as redis://host:6379').optional(),
    TRUSTED_PROXIES: proxies.optional(),
    RATE_LIMIT_KEY: rate('5000:10000'),
    RATE_LIMIT_INSTITUTION: rate('10000:20000'),
    RATE_LIMIT_FAILURES: rate('50:1000'),
    ...PAYER_IDP_VARIABLES,
    ...OPERATOR_IDP_VARIABLES,
    RECOVERY_GRACE_SECONDS: z.coerce
      .number({ error: 'must be a number of seconds' })
      .int('must be a whole number')
      // A call to a channel gives up after 10 s: before that nobody knows that its order did not arrive.
      .min(12, 'must be between 12 and 3600')
      .max(3600, 'must be between 12 and 3600')
      .default(60),
    MASTER_KEY: z
      .string()
      .regex(
        /^[A-Za-z0-9+/]{43}=$/,
        'must be 32 bytes in base64; make one with: openssl rand -base64 32',
      )
      .optional(),
  })
  .refine((env) => env.PORT !== env.SIMULATOR_PORT, {
    path: ['SIMULATOR_PORT'],
    message: 'must differ from PORT',
  })
  // All or none: half an identity provider signs nobody in.
  .superRefine((env, context) => {
    for (const name of missingOfPayerIdp(env)) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'is required as soon as one of PAYER_IDP_… is set',
      })
    }
    for (const name of missingOfOperatorIdp(env)) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'is required as soon as one of OPERATOR_IDP_… is set',
      })
    }
  })

/** The injection token of the settings. */
export const CONFIG = Symbol('config')

/** So many a second on average, and so many at once after a pause. */
export interface RateSetting {
  readonly perSecond: number
  readonly burst: number
}

/** Every setting of the platform, read and validated once. */
export interface Config {
  readonly port: number
  readonly simulatorPort: number
  /** What callers reach us by; `@target-uri` of signed requests is built on it, never on Host. */
  readonly publicOrigin: string
  readonly simulatorOrigin: string
  readonly dataDir: string
  /** Absent: the embedded PostgreSQL in `dataDir` is used. */
  readonly databaseUrl: string | undefined
  /** Where processes share their rate limits; absent: each has its own. */
  readonly redisUrl: string | undefined
  /** Null: no limit. */
  readonly rateLimits: {
    readonly key: RateSetting | null
    /** All keys of an institution together, test and live apart. */
    readonly institution: RateSetting | null
    /** Requests with wrong credentials from one address. */
    readonly failures: RateSetting | null
  }
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-For is believed; nobody else's is. */
  readonly trustedProxies: readonly string[]
  /** An order that was being placed this long ago is no longer on its way to the channel. */
  readonly recoveryGraceMs: number
  /** Absent: one is made once and kept in `dataDir`. */
  readonly masterKey: string | undefined
  /** Where payers sign in. */
  readonly payerIdp: PayerIdp
  /** Where the people of the console sign in. Null: at our own identity provider, with local passwords. */
  readonly operatorIdp: OperatorIdp | null
}

/** All problems of the environment at once, each with the variable's name and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(readonly problems: readonly string[]) {
    super(`The settings are not usable:\n${problems.map((line) => `  - ${line}`).join('\n')}`)
  }
}

/** Reads the settings. Relative paths are relative to `root`. Empty variables count as absent. */
export function readConfig(environment: NodeJS.ProcessEnv, root: string): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = EnvironmentSchema.safeParse(given)
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`),
    )
  }
  const env = parsed.data
  return {
    port: env.PORT,
    simulatorPort: env.SIMULATOR_PORT,
    publicOrigin: env.PUBLIC_ORIGIN ?? `http://localhost:${env.PORT}`,
    simulatorOrigin: `http://localhost:${env.SIMULATOR_PORT}`,
    dataDir: isAbsolute(env.DATA_DIR) ? env.DATA_DIR : resolve(root, env.DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    rateLimits: {
      key: env.RATE_LIMIT_KEY,
      institution: env.RATE_LIMIT_INSTITUTION,
      failures: env.RATE_LIMIT_FAILURES,
    },
    trustedProxies: env.TRUSTED_PROXIES ?? [],
    recoveryGraceMs: env.RECOVERY_GRACE_SECONDS * 1000,
    masterKey: env.MASTER_KEY,
    payerIdp: payerIdpOf(env, `http://localhost:${env.SIMULATOR_PORT}`),
    operatorIdp: operatorIdpOf(env),
  }
}

/** Where the documentation of error codes is served. */
export function docsBaseOf(config: Pick<Config, 'publicOrigin'>): string {
  return `${config.publicOrigin}/docs`
}
