import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../../infra/config/config.js'
import { Vault } from '../../infra/crypto/vault.js'
import type { Tenant } from '../../infra/http/caller.js'

const MAC_BYTES = 16

/** What a link leads to: an object and whose it is, so that it is found without a search. */
export interface LinkTarget extends Tenant {
  readonly id: string
}

const TOKEN = /^([a-z]+_[0-9a-z]{26})\.([lt])([0-9a-z]{26})\.([A-Za-z0-9_-]{22})$/

/**
 * The address of a payer's page: what is to be paid, whose it is, and a keyed hash of both. Nobody can
 * guess one, and nothing has to be stored for it.
 */
@Injectable()
export class CashierLinks {
  /** A KeyObject: from raw bytes Node would make one for every single link. */
  private readonly key: KeyObject

  constructor(
    vault: Vault,
    @Inject(CONFIG) private readonly config: Pick<Config, 'publicOrigin'>,
  ) {
    this.key = createSecretKey(vault.purposeKey('cashier-link'))
  }

  urlOf(target: LinkTarget): string {
    return `${this.config.publicOrigin}/cashier/${this.tokenOf(target)}`
  }

  /**
   * Where a provider sends the payer's browser back to: the page of the checkout when there is one, because
   * there a failed payment can be tried again. It accepts GET and POST, and proves nothing.
   */
  returnUrlOf(payment: LinkTarget & { readonly checkout_id: string | null }): string {
    return `${this.urlOf({ ...payment, id: payment.checkout_id ?? payment.id })}/return`
  }

  tokenOf({ institution_id, livemode, id }: LinkTarget): string {
    const content = `${id}.${livemode ? 'l' : 't'}${institution_id.slice('inst_'.length)}`
    return `${content}.${this.macOf(content).toString('base64url')}`
  }

  /** What a token stands for, or null when it was not made here. */
  read(token: string): LinkTarget | null {
    const [, id = '', mode = '', institution = '', mac = ''] = TOKEN.exec(token) ?? []
    const given = Buffer.from(mac, 'base64url')
    if (given.length !== MAC_BYTES) return null
    if (!timingSafeEqual(given, this.macOf(`${id}.${mode}${institution}`))) return null
    return { institution_id: `inst_${institution}`, livemode: mode === 'l', id }
  }

  private macOf(content: string): Buffer {
    return createHmac('sha256', this.key).update(content).digest().subarray(0, MAC_BYTES)
  }
}
