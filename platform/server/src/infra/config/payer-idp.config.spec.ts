import { describe, expect, test } from '@jest/globals'
import { ConfigError, readConfig } from './config.js'

const REAL = {
  PAYER_IDP_INSTITUTION: 'inst_01jd5w4xk7e2m8q9r3s6t7v8w9',
  PAYER_IDP_AUTHORIZATION_URL: 'https://id.example.edu/authorize',
  PAYER_IDP_TOKEN_URL: 'https://id.example.edu/token',
  PAYER_IDP_USERINFO_URL: 'https://id.example.edu/userinfo',
  PAYER_IDP_CLIENT_ID: 'bursar',
  PAYER_IDP_CLIENT_SECRET: 'secret',
}

const problemsOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(env, '/')
    return []
  } catch (error) {
    return error instanceof ConfigError ? error.problems : [String(error)]
  }
}

describe('the identity provider of payers', () => {
  test('is the simulated one unless another is set', () => {
    expect(readConfig({ SIMULATOR_PORT: '4100' }, '/').payerIdp).toMatchObject({
      isSimulated: true,
      institutionId: null,
      tokenUrl: 'http://localhost:4100/campus-identity/token',
    })
  })

  test('is the one that is set', () => {
    const env = { ...REAL, PAYER_IDP_NUMBER_CLAIM: 'uid', PAYER_IDP_NUMBER_TYPES: 'employee_no' }
    expect(readConfig(env, '/').payerIdp).toMatchObject({
      isSimulated: false,
      institutionId: REAL.PAYER_IDP_INSTITUTION,
      userinfoUrl: REAL.PAYER_IDP_USERINFO_URL,
      numberClaim: 'uid',
      numberTypes: ['employee_no'],
    })
  })

  test('is wholly set or not at all: every missing variable is named', () => {
    const problems = problemsOf({ PAYER_IDP_CLIENT_ID: 'bursar' }).join('\n')
    for (const name of Object.keys(REAL)) {
      expect(problems.includes(name)).toBe(name !== 'PAYER_IDP_CLIENT_ID')
    }
    expect(problemsOf({ PAYER_IDP_SCOPE: 'profile' })).toHaveLength(6)
  })

  test.each([
    ['PAYER_IDP_TOKEN_URL', 'http://id.example.edu/token'],
    ['PAYER_IDP_INSTITUTION', 'Demo University'],
    ['PAYER_IDP_NUMBER_TYPES', 'student_no,passport'],
  ])('%s cannot be %s', (name, value) => {
    expect(problemsOf({ ...REAL, [name]: value })[0]).toContain(name)
  })
})
