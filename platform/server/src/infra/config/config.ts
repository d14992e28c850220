import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'

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

/** The injection token of the settings. */
export const CONFIG = Symbol('config')

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
  readonly redisUrl: string | undefined
  /** An order that was being placed this long ago is no longer on its way to the channel. */
  readonly recoveryGraceMs: number
  /** Absent: one is made once and kept in `dataDir`. */
  readonly masterKey: string | undefined
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
    recoveryGraceMs: env.RECOVERY_GRACE_SECONDS * 1000,
    masterKey: env.MASTER_KEY,
  }
}

/** Where the documentation of error codes is served. */
export function docsBaseOf(config: Config): string {
  return `${config.publicOrigin}/docs`
}
