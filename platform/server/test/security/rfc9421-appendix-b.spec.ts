import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { matchesContentDigest, parseContentDigest } from '../../src/infra/crypto/content-digest.js'
import { buildSignatureBase } from '../../src/infra/crypto/http-signature.base.js'
import { HttpSignatureError } from '../../src/infra/crypto/http-signature.errors.js'
import {
  parseSignature,
  parseSignatureInput,
} from '../../src/infra/crypto/http-signature.fields.js'
import { HeaderFields } from '../../src/infra/crypto/http-signature.headers.js'
import {
  isSignatureAlgorithm,
  type SignatureAlgorithm,
  verifyWithKey,
} from '../../src/infra/crypto/http-signature.verify.js'

/** RFC 9421 appendix B.1: the public halves. */
const KEYS: Record<string, JsonWebKey> = {
  'test-key-rsa-pss': {
    kty: 'RSA',
    e: 'AQAB',
    n: 'r4tmm3r20Wd_PbqvP1s2-QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct-Lh1GH45x28Rw3Ry53mm-oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL-Wokqltd11nqqzi-bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d-nb4bnNkQVklLQ3fVAvJm-xdDOp9LCNCN48V2pnDOkFV6-U9nV5oyc6XI2w',
  },
  'test-key-ecc-p256': {
    kty: 'EC',
    crv: 'P-256',
    x: 'qIVYZVLCrPZHGHjP17CTW0_-D9Lfw0EkjqF7xB4FivA',
    y: 'Mc4nN9LTDOBhfoUeg8Ye9WedFRhnZXZJA12Qp0zZ6F0',
  },
  'test-key-ed25519': {
    kty: 'OKP',
    crv: 'Ed25519',
    x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
  },
}

/** RFC 9421 appendix B.2: test-request and test-response. */
const REQUEST_BODY = '{"hello": "world"}'
const REQUEST = {
  method: 'POST',
  targetUri: 'https://example.com/foo?param=Value&Pet=dog',
  headers: new HeaderFields([
    'Host',
    'example.com',
    'Date',
    'Tue, 20 Apr 2021 02:07:55 GMT',
    'Content-Type',
    'application/json',
    'Content-Digest',
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    'Content-Length',
    '18',
  ]),
}
const RESPONSE = {
  status: 200,
  headers: new HeaderFields([
    'Content-Type',
    'application/json',
    'Content-Digest',
    'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
    'Content-Length',
    '23',
  ]),
}

interface Example {
  readonly section: string
  readonly algorithm: SignatureAlgorithm
  readonly key: string
  readonly isResponse: boolean
  readonly input: string
  readonly signature: string
}

const EXAMPLES: readonly Example[] = [
  {
    section: 'B.2.1 minimal, rsa-pss-sha512',
    algorithm: 'rsa-pss-sha512',
    key: 'test-key-rsa-pss',
    isResponse: false,
    input: 'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
    signature:
      'sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:',
  },
  {
    section: 'B.2.3 full coverage, rsa-pss-sha512',
    algorithm: 'rsa-pss-sha512',
    key: 'test-key-rsa-pss',
    isResponse: false,
    input:
      'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"',
    signature:
      'sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:',
  },
  {
    section: 'B.2.4 response, ecdsa-p256-sha256',
    algorithm: 'ecdsa-p256-sha256',
    key: 'test-key-ecc-p256',
    isResponse: true,
    input:
      'sig-b24=("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256"',
    signature:
      'sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==:',
  },
  {
    section: 'B.2.6 request, ed25519',
    algorithm: 'ed25519',
    key: 'test-key-ed25519',
    isResponse: false,
    input:
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    signature:
      'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
  },
]

function publicKey(name: string) {
  return createPublicKey({ key: KEYS[name] ?? {}, format: 'jwk' })
}

describe('RFC 9421 appendix B.2', () => {
  test.each(EXAMPLES)('verifies $section', async (example) => {
    const input = parseSignatureInput(example.input)
    const base = buildSignatureBase(input, REQUEST, example.isResponse ? RESPONSE : undefined)
    const { label, signature } = parseSignature(example.signature)
    expect(label).toBe(input.label)
    const key = publicKey(example.key)
    expect(await verifyWithKey(example.algorithm, key, base, signature)).toBe(true)
    const otherBase = Buffer.concat([base, Buffer.from(' ')])
    expect(await verifyWithKey(example.algorithm, key, otherBase, signature)).toBe(false)
  })

  test('verifies B.2.2 selective, rsa-pss-sha512, over the base that the RFC prints', async () => {
    const base = [
      '"@authority": example.com',
      '"content-digest": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
      '"@query-param";name="Pet": dog',
      '"@signature-params": ("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"',
    ].join('\n')
    const signature = Buffer.from(
      'LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==',
      'base64',
    )
    const key = publicKey('test-key-rsa-pss')
    expect(await verifyWithKey('rsa-pss-sha512', key, Buffer.from(base), signature)).toBe(true)
    // Whoever could cover one query parameter could leave another one open.
    expect(() => parseSignatureInput('sig-b22=("@query-param";name="Pet");created=1')).toThrow(
      HttpSignatureError,
    )
  })

  test('checks the Content-Digest of the test-request', () => {
    const digests = parseContentDigest(REQUEST.headers.single('content-digest') ?? '')
    expect(matchesContentDigest(digests, Buffer.from(REQUEST_BODY))).toBe(true)
    expect(matchesContentDigest(digests, Buffer.from(`${REQUEST_BODY}\n`))).toBe(false)
  })
})

describe('RFC 9421 appendix B.2.5, hmac-sha256', () => {
  const secret = Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  )
  const input = parseSignatureInput(
    'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
  )
  const { signature } = parseSignature('sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:')

  test('has the base that we build', () => {
    const base = buildSignatureBase(input, REQUEST)
    expect(createHmac('sha256', secret).update(base).digest()).toEqual(signature)
  })

  test('is no algorithm here: with a shared secret we could forge what our callers ordered', () => {
    expect(isSignatureAlgorithm('hmac-sha256')).toBe(false)
  })
})

/** A certificate in the RFC's own words; nothing of it is read here. */
const CLIENT_CERT =
  ':MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:'

test('RFC 9421 appendix B.3: the signature of a proxy that ends TLS verifies', async () => {
  const input = parseSignatureInput(
    'ttrp=("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256"',
  )
  const { signature } = parseSignature(
    'ttrp=:xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:',
  )
  const base = buildSignatureBase(input, {
    method: 'POST',
    targetUri: 'https://service.internal.example/foo?param=Value&Pet=dog',
    headers: new HeaderFields(['Client-Cert', CLIENT_CERT]),
  })
  const key = publicKey('test-key-ecc-p256')
  expect(await verifyWithKey('ecdsa-p256-sha256', key, base, signature)).toBe(true)
})

describe('RFC 9421 appendix B.4, what happens to a message on its way', () => {
  const input = parseSignatureInput(
    'transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"',
  )
  const { signature } = parseSignature(
    'transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:',
  )
  const accepts = (method: string, targetUri: string, headers: readonly string[]) => {
    const base = buildSignatureBase(input, {
      method,
      targetUri,
      headers: new HeaderFields(headers),
    })
    return verifyWithKey('ed25519', publicKey('test-key-ed25519'), base, signature)
  }
  const uri = 'https://example.org/demo?name1=Value1&Name2=value2'
  const accept = 'application/json, */*'

  test.each([
    ['nothing', 'GET', uri, ['Accept', accept]],
    [
      'a query parameter and a header are added',
      'GET',
      `${uri}&param=added`,
      ['Accept', accept, 'Accept-Language', 'en-US,en;q=0.5'],
    ],
    [
      'an uncovered header goes, Accept is joined',
      'GET',
      uri,
      ['Referer', 'https://developer.example.org/demo', 'Accept', accept],
    ],
    [
      'the order of headers changes',
      'GET',
      uri,
      ['Date', 'Fri, 15 Jul 2022 14:24:55 GMT', 'Accept', accept],
    ],
  ])('%s: still valid, as none of it is covered', async (_, method, targetUri, headers) => {
    expect(await accepts(method, targetUri, headers)).toBe(true)
  })

  test.each([
    ['another method', 'POST', uri, ['Accept', accept]],
    ['another authority', 'GET', uri.replace('.org', '.com'), ['Accept', accept]],
    ['Accept in another order', 'GET', uri, ['Accept', '*/*, application/json']],
  ])('%s: no longer valid', async (_, method, targetUri, headers) => {
    expect(await accepts(method, targetUri, headers)).toBe(false)
  })

  test('Accept in two fields is refused, stricter than the RFC, which joins them', () => {
    const headers = ['Accept', 'application/json', 'Accept', '*/*']
    expect(() => accepts('GET', uri, headers)).toThrow(HttpSignatureError)
  })
})
