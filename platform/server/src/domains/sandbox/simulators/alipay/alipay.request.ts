import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../../../kernel/clock.js'
import { wireTime } from '../simulator-merchant.clock.js'
import type { AlipayKeys } from './alipay.keys.js'
import { AlipayRefusal } from './alipay.refusal.js'
import { isSignedText, type Parameters, textToSign } from './alipay.signature.js'
import { fromWireTime } from './alipay.time.js'
import type { MerchantRecord } from './alipay.types.js'

/** How far a merchant's clock may be from ours. */
const SKEW_MS_MAX = 15 * 60_000

/** The parameters of a call, wherever they came: in the query, in the body, or in both. */
export function parametersOf(request: FastifyRequest): Parameters {
  const Fields = z.record(z.string(), z.string())
  const query = Fields.safeParse(request.query)
  const body = Fields.safeParse(request.body ?? {})
  return { ...(query.data ?? {}), ...(body.data ?? {}) }
}

/** The app's merchant. Before it is known nothing can be signed, so refusals up to here are not. */
export async function identify(parameters: Parameters, keys: AlipayKeys): Promise<MerchantRecord> {
  const { app_id = '' } = parameters
  if (app_id === '') throw new AlipayRefusal('isv.missing-app-id')
  const merchant = await keys.ofApp(app_id)
  if (!merchant) throw new AlipayRefusal('isv.invalid-app-id')
  return merchant
}

/** Throws unless the app itself has sent exactly these parameters. */
export function authenticate(parameters: Parameters, merchant: MerchantRecord): void {
  const { sign = '', sign_type = '', charset = '', method = '' } = parameters
  if (method === '') throw new AlipayRefusal('isv.missing-method')
  if (sign === '') throw new AlipayRefusal('isv.missing-signature')
  if (sign_type !== 'RSA2') throw new AlipayRefusal('isv.invalid-signature-type')
  if (charset.toLowerCase() !== 'utf-8') throw new AlipayRefusal('isv.invalid-charset')
  if (!isSignedText(textToSign(parameters, ['sign']), merchant.app_public_key, sign)) {
    throw new AlipayRefusal('isv.invalid-signature')
  }
}

/** A call is fresh. An address for a browser is not asked: it is opened when the payer likes. */
export function assertFresh(parameters: Parameters, clock: Clock): void {
  const moment = fromWireTime(parameters.timestamp ?? '')
  const now = wireTime(clock).getTime()
  if (!moment || Math.abs(now - moment.getTime()) > SKEW_MS_MAX) {
    throw new AlipayRefusal('isv.invalid-timestamp')
  }
}
