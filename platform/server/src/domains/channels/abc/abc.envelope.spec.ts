import { createPublicKey } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { openEnvelope, sealMessage } from './abc.envelope.js'
import { abcMerchant } from './abc.settings.js'
import {
  type AbcFixture,
  makeAbcFixture,
  openRequest,
  sealAnswer,
} from './abc-fixture.conformance.js'

let fixture: AbcFixture
let stranger: AbcFixture
beforeAll(async () => {
  fixture = await makeAbcFixture()
  stranger = await makeAbcFixture()
})
const bankKey = () => createPublicKey(fixture.bankPrivateKey)

describe('sealMessage', () => {
  test('signs the bytes it sends, in GB18030', async () => {
    const message = { OrderDesc: '2026 学年学费 «&<>"\\ 😀 亅' }
    const body = await sealMessage(message, abcMerchant(fixture.account).privateKey)
    expect(openRequest(body, fixture.merchantCertificate)).toEqual(message)
  })
})

describe('openEnvelope', () => {
  const answer = { ReturnCode: '0000', ErrorMessage: '交易成功', OrderNo: 'A' }

  test('opens what the bank signed', () => {
    const opened = openEnvelope(sealAnswer(fixture.bankPrivateKey, answer), bankKey())
    expect(opened).toMatchObject({ fault: null, message: { TrxResponse: answer } })
  })

  test('verifies the text that came, not the one we would have written', () => {
    const spaced = (json: string) => `${json.replaceAll('":', '" : ').slice(0, -1)} \n}`
    const body = sealAnswer(fixture.bankPrivateKey, answer, undefined, spaced)
    expect(openEnvelope(body, bankKey()).fault).toBeNull()
    const rewritten = Buffer.from(body.toString('latin1').replace('" : ', '": '), 'latin1')
    expect(openEnvelope(rewritten, bankKey()).fault).toBe('its signature is wrong')
  })

  test('takes members in another order, unknown members, and an escaped slash of base64', () => {
    const text = sealAnswer(fixture.bankPrivateKey, { ReturnCode: '0000' }).toString('latin1')
    const [, message, rest] = /^\{"MSG":\{("Message":.*?\}\}),(.*)\}\}$/.exec(text) ?? []
    const body = `{"MSG":{"Extra":[1],${rest?.replaceAll('/', '\\/')},${message}}}\r\n`
    expect(openEnvelope(Buffer.from(body, 'latin1'), bankKey()).fault).toBeNull()
  })

  test('believes nobody else’s signature', () => {
    const body = sealAnswer(stranger.bankPrivateKey, answer)
    expect(openEnvelope(body, bankKey())).toEqual({
      message: null,
      fault: 'its signature is wrong',
    })
  })

  test('believes no altered byte', () => {
    const body = sealAnswer(fixture.bankPrivateKey, answer)
    for (let at = 0; at < body.length; at += 1) {
      const altered = Buffer.from(body)
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at)
      expect(openEnvelope(altered, bankKey()).fault).not.toBeNull()
    }
  })

  test.each([
    ['nothing', ''],
    ['a page', '<html>Sign in to Wi-Fi</html>'],
    [
      'an envelope without a message',
      '{"MSG":{"Signature-Algorithm":"SHA1withRSA","Signature":"AA=="}}',
    ],
    ['an unsigned message', '{"MSG":{"Message":{"TrxResponse":{"ReturnCode":"0000"}}}}'],
    ['another algorithm', '{"MSG":{"Message":{},"Signature-Algorithm":"none","Signature":""}}'],
    [
      'a signature that is no text',
      '{"MSG":{"Message":{},"Signature-Algorithm":"SHA1withRSA","Signature":1}}',
    ],
    ['a second message', '{"MSG":{"Message":{},"Message":{}}}'],
    ['no object', '{"MSG":"x"}'],
  ])('refuses %s', (_, body) => {
    expect(openEnvelope(Buffer.from(body), bankKey()).fault).toMatch(/./)
  })
})
