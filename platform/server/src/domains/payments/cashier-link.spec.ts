import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { Vault } from '../../infra/crypto/vault.js'
import { newId } from '../../kernel/id.js'
import { CashierLinks } from './cashier-link.js'

const store = { find: () => Promise.reject(new Error('no data keys here')) }
const config = { publicOrigin: 'https://pay.example.edu' }
const newLinks = () => new CashierLinks(new Vault(randomBytes(32), store), config)

describe('cashier links', () => {
  const links = newLinks()
  const target = { institution_id: newId('inst'), livemode: false, id: newId('pay') }
  const token = links.tokenOf(target)

  test('lead back to the object and whose it is', () => {
    expect(links.read(token)).toEqual(target)
    const live = { ...target, livemode: true, id: newId('chk') }
    expect(links.read(links.tokenOf(live))).toEqual(live)
  })

  test('are addresses of the cashier that need no escaping', () => {
    expect(links.urlOf(target)).toBe(`https://pay.example.edu/cashier/${token}`)
    expect(encodeURIComponent(token)).toBe(token)
  })

  test('are refused when a single character was changed', () => {
    for (let index = 0; index < token.length; index++) {
      const other = token[index] === 'x' ? 'y' : 'x'
      const changed = token.slice(0, index) + other + token.slice(index + 1)
      // The last character carries four bits of the hash and two that mean nothing.
      if (index === token.length - 1) continue
      expect(links.read(changed)).toBeNull()
    }
  })

  test.each(['', '.', 'pay_x.t.y', `${'a'.repeat(300)}`])('are nothing like %p', (text) => {
    expect(links.read(text)).toBeNull()
  })

  test('of another platform are refused', () => {
    expect(newLinks().read(token)).toBeNull()
  })
})
