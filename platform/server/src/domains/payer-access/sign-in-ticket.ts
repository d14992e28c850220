import { Inject, Injectable } from '@nestjs/common'
import { z } from 'zod'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { SealedTexts } from '../../infra/crypto/sealed-texts.js'
import type { Tenant } from '../../infra/http/caller.js'
import { PayerAccessError } from './payer-access.errors.js'

/** For whom somebody signs in, and where they go afterwards. Made by us alone, so it can lead nowhere else. */
export const SignInTicket = z.object({
  institution_id: z.string(),
  livemode: z.boolean(),
  return_path: z.string(),
})
export type SignInTicket = z.infer<typeof SignInTicket>

const PURPOSE = 'payer-access:ticket'
const LIFETIME_SECONDS = 15 * 60

@Injectable()
export class SignInTickets {
  constructor(
    private readonly sealed: SealedTexts,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Our address where this payer begins to sign in.
   * @throws PayerAccessError payer_sign_in_unavailable
   */
  pathFor({ institution_id, livemode }: Tenant, returnPath: string): string {
    const { payerIdp } = this.config
    // At the simulated provider anybody may be anybody, so nothing real is ever behind it.
    const serves = payerIdp.isSimulated ? !livemode : payerIdp.institutionId === institution_id
    if (!serves) {
      throw new PayerAccessError(
        'payer_sign_in_unavailable',
        'No identity provider is set up for payers of this institution and mode (PAYER_IDP_…).',
      )
    }
    const ticket: SignInTicket = { institution_id, livemode, return_path: returnPath }
    const text = this.sealed.seal(PURPOSE, ticket, LIFETIME_SECONDS)
    return `/payer/sign-in?ticket=${text}`
  }

  /** @throws PayerAccessError payer_request_expired */
  open(text: unknown): SignInTicket {
    const ticket = typeof text === 'string' && this.sealed.open(PURPOSE, SignInTicket, text)
    if (ticket) return ticket
    throw new PayerAccessError('payer_request_expired', 'This link to sign in is too old.')
  }
}
