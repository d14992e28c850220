import type { Vault } from '../../infra/crypto/vault.js'
import type { Database } from '../../infra/database/database.js'
import type { Clock } from '../../kernel/clock.js'
import { IdentityRepository } from '../identity/identity.repository.js'
import { IdentityService } from '../identity/identity.service.js'
import { LedgerRepository } from '../ledger/ledger.repository.js'
import { LedgerService } from '../ledger/ledger.service.js'
import { WalletRepository } from './wallet.repository.js'
import { WalletService } from './wallet.service.js'
import { WalletMovementService } from './wallet-movement.service.js'
import { WalletOrderRepository } from './wallet-order.repository.js'
import { WalletOrderService } from './wallet-order.service.js'
import { WalletPinService } from './wallet-pin.service.js'
import { WalletRefundService } from './wallet-refund.service.js'
import { WalletStatementService } from './wallet-statement.service.js'
import { WalletTopUpService } from './wallet-top-up.service.js'
import { WalletTransactionRepository } from './wallet-transaction.repository.js'

/** The module's services as Nest wires them, on a test's own database and clock. */
export function makeWalletServices(
  database: Database,
  vault: Vault,
  clock: Clock,
  ledger = new LedgerService(new LedgerRepository(database)),
) {
  const identity = new IdentityService(new IdentityRepository(database), vault)
  const wallets = new WalletRepository(database)
  const transactions = new WalletTransactionRepository(database)
  const orders = new WalletOrderRepository(database)
  const movements = new WalletMovementService(wallets, transactions, ledger, identity, clock)
  const pins = new WalletPinService(wallets, vault, clock)
  return {
    identity,
    ledger,
    wallets: new WalletService(database, wallets, transactions, pins, identity, clock),
    orders: new WalletOrderService(
      database,
      orders,
      wallets,
      transactions,
      movements,
      pins,
      identity,
      clock,
    ),
    refunds: new WalletRefundService(database, orders, wallets, transactions, movements, clock),
    statements: new WalletStatementService(transactions, identity, clock),
    topUps: new WalletTopUpService(wallets, movements),
  }
}
