import { describe, expect, test } from '@jest/globals'
import { ConfigError, docsBaseOf, readConfig } from './config.js'

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment, '/root')
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('readConfig', () => {
  test('needs nothing', () => {
    expect(readConfig({}, '/srv')).toMatchObject({
      port: 3000,
      simulatorPort: 3100,
      publicOrigin: 'http://localhost:3000',
      simulatorOrigin: 'http://localhost:3100',
      dataDir: '/srv/.data',
      databaseUrl: undefined,
      redisUrl: undefined,
      rateLimits: {
        key: { perSecond: 5000, burst: 10_000 },
        institution: { perSecond: 10_000, burst: 20_000 },
        failures: { perSecond: 50, burst: 1000 },
      },
      trustedProxies: [],
      recoveryGraceMs: 60_000,
      masterKey: undefined,
    })
  })

  test('takes empty variables for absent ones, and knows nothing of others', () => {
    expect(readConfig({ PORT: '', MASTER_KEY: '', PATH: '/bin' }, '/srv').port).toBe(3000)
  })

  test('reads every variable', () => {
    const masterKey = Buffer.alloc(32, 1).toString('base64')
    const config = readConfig(
      {
        PORT: '80',
        SIMULATOR_PORT: '81',
        PUBLIC_ORIGIN: 'https://pay.example.edu',
        DATA_DIR: '/var/lib/bursar',
        DATABASE_URL: 'postgresql://user:pw@db:5432/bursar',
        REDIS_URL: 'redis://cache:6379',
        RATE_LIMIT_KEY: '50:200',
        RATE_LIMIT_INSTITUTION: '0.4',
        RATE_LIMIT_FAILURES: '0',
        TRUSTED_PROXIES: '10.0.0.0/8, ::1',
        RECOVERY_GRACE_SECONDS: '90',
        MASTER_KEY: masterKey,
      },
      '/srv',
    )
    expect(config).toMatchObject({
      port: 80,
      simulatorPort: 81,
      publicOrigin: 'https://pay.example.edu',
      simulatorOrigin: 'http://localhost:81',
      dataDir: '/var/lib/bursar',
      databaseUrl: 'postgresql://user:pw@db:5432/bursar',
      redisUrl: 'redis://cache:6379',
      rateLimits: {
        key: { perSecond: 50, burst: 200 },
        institution: { perSecond: 0.4, burst: 1 },
        failures: null,
      },
      trustedProxies: ['10.0.0.0/8', '::1'],
      recoveryGraceMs: 90_000,
      masterKey,
    })
    expect(docsBaseOf(config)).toBe('https://pay.example.edu/docs')
  })

  test('reports every bad variable together, by name', () => {
    const problems = problemsOf({
      PORT: 'eighty',
      SIMULATOR_PORT: '70000',
      PUBLIC_ORIGIN: 'https://pay.example.edu/path',
      DATABASE_URL: 'mysql://db',
      REDIS_URL: 'cache',
      RATE_LIMIT_KEY: '-1',
      RATE_LIMIT_INSTITUTION: '10:0',
      RATE_LIMIT_FAILURES: 'many',
      RECOVERY_GRACE_SECONDS: '11',
      MASTER_KEY: 'short',
    })
    const named = problems.map((problem) => problem.split(' ')[0])
    expect([...new Set(named)]).toEqual([
      'PORT',
      'SIMULATOR_PORT',
      'PUBLIC_ORIGIN',
      'DATABASE_URL',
      'REDIS_URL',
      'RATE_LIMIT_KEY',
      'RATE_LIMIT_INSTITUTION',
      'RATE_LIMIT_FAILURES',
      'RECOVERY_GRACE_SECONDS',
      'MASTER_KEY',
    ])
    expect(problems.join('\n')).not.toMatch(/undefined|NaN/)
  })

  test.each(['https://a.example/', 'https://a.example?x', 'ftp://a.example', 'a.example'])(
    'refuses %s as an origin',
    (PUBLIC_ORIGIN) => {
      expect(problemsOf({ PUBLIC_ORIGIN })).not.toEqual([])
    },
  )

  test.each(['true', '*', '0.0.0.0/0', '::/0', '10.0.0.1/8', '10.0.0.0/8,', 'proxy.example'])(
    'refuses to trust %j as a proxy',
    (TRUSTED_PROXIES) => {
      expect(problemsOf({ TRUSTED_PROXIES }).join()).toContain('TRUSTED_PROXIES must be')
    },
  )

  test('refuses one port for two servers', () => {
    expect(problemsOf({ PORT: '3100' })).toEqual(['SIMULATOR_PORT must differ from PORT'])
  })

  test('says no secret in its problems', () => {
    expect(problemsOf({ MASTER_KEY: 'hunter2' }).join()).not.toContain('hunter2')
    expect(problemsOf({ DATABASE_URL: 'db://u:hunter2@h' }).join()).not.toContain('hunter2')
  })
})
