import { createHash, createVerify, X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { unionpayMerchant } from './unionpay.settings.js'
import { findSignatureFault, signFields } from './unionpay.signature.js'
import {
  issue,
  makeUnionpayFixture,
  NOW,
  PAID,
  SIGNER,
  seal,
  type UnionpayFixture,
} from './unionpay-fixture.conformance.js'

let fixture: UnionpayFixture

beforeAll(async () => {
  fixture = await makeUnionpayFixture()
})

const fault = (fields: Record<string, string>, now = NOW) =>
  findSignatureFault(fields, unionpayMerchant(fixture.account), now)

describe('our signature', () => {
  test('is over the hex of the hash of the sorted fields, and names the certificate in decimal', async () => {
    const merchant = unionpayMerchant(fixture.account)
    const signed = await signFields(
      { orderId: 'B', Zeta: '2', encoding: 'UTF-8', empty: '' },
      merchant,
    )
    const certificate = new X509Certificate(fixture.settings.merchant_certificate ?? '')
    const certId = BigInt(`0x${certificate.serialNumber}`).toString()
    const text = `Zeta=2&certId=${certId}&encoding=UTF-8&orderId=B`
    const hex = createHash('sha256').update(text).digest('hex')
    const verifier = createVerify('sha256').update(hex)
    expect(verifier.verify(certificate.publicKey, signed.signature ?? '', 'base64')).toBe(true)
    expect(signed).toEqual({
      ...{ orderId: 'B', Zeta: '2', encoding: 'UTF-8', certId },
      signature: expect.any(String),
    })
  })
})

describe('a message of UnionPay', () => {
  test('is believed', () => {
    expect(fault(seal(PAID, fixture.signer))).toBeNull()
  })

  test.each(Object.keys(PAID))('is not believed after %s was altered or removed', (name) => {
    const sealed = seal(PAID, fixture.signer)
    const { [name]: _, ...without } = sealed
    expect(fault({ ...sealed, [name]: `${sealed[name]}0` })).toBe('its signature is wrong')
    expect(fault(without)).toBe('its signature is wrong')
  })

  test('is not believed without its signature or its certificate', () => {
    const { signature, ...unsigned } = seal(PAID, fixture.signer)
    expect(fault(unsigned)).toBe('it is not signed')
    expect(fault({ ...PAID, signature: signature ?? '' })).toBe('it is not signed')
    expect(fault({ ...unsigned, signature: '?' })).toBe('its signature is not base64')
    expect(fault({ ...unsigned, signature: 'AAAA' })).toBe('its signature is wrong')
    expect(fault({ ...unsigned, signature: 'AA', signPubKeyCert: 'none' })).toBe(
      'its certificate does not parse',
    )
  })

  test('is not believed with a certificate that somebody else issued', async () => {
    const stranger = await issue({ subject: 'middle', isAuthority: true })
    const signer = await issue({ subject: SIGNER, issuer: stranger })
    expect(fault(seal(PAID, signer))).toBe(
      'its certificate was not issued by the configured authority',
    )
    expect(fault(seal(PAID, await issue({ subject: SIGNER })))).toContain('was not issued')
  })

  test('is not believed with a certificate that a mere signer issued', async () => {
    const issuer = { ...fixture.signer, subject: SIGNER }
    const signer = await issue({ subject: SIGNER, issuer })
    expect(fault(seal(PAID, signer))).toContain('was not issued')
  })

  test.each([
    '041@Z12@Somebody else@00000001',
    '00040000:SIGN',
    '041@00040000:SIGN',
    '041@Z12@中国银联股份有限公司@00000001',
  ])('is not believed from %j, whom the authority knows', async (subject) => {
    const signer = await issue({ subject, issuer: fixture.middle })
    expect(fault(seal(PAID, signer))).toBe('its certificate belongs to somebody else')
  })

  test('is not believed from the authority itself', async () => {
    const signer = await issue({ subject: SIGNER, issuer: fixture.middle, isAuthority: true })
    expect(fault(seal(PAID, signer))).toBe('its certificate is that of an authority')
  })

  test('is not believed before and after the validity of its certificate', async () => {
    const [from, to] = [new Date('2026-12-01T02:00:00Z'), new Date('2026-12-01T03:00:00Z')]
    const signer = await issue({ subject: SIGNER, issuer: fixture.middle, from, to })
    const sealed = seal(PAID, signer)
    expect(fault(sealed)).toBeNull()
    expect(fault(sealed, new Date(from.getTime() - 1_000))).toContain('expired')
    expect(fault(sealed, new Date(to.getTime() + 1_000))).toContain('expired')
  })
})
