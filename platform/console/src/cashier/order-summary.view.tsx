import { useLanguage } from '../i18n/language.provider.js'
import { Money } from '../ui/money.view.js'
import type { CashierStage } from './cashier-stage.rules.js'
import type { CashierItem, CashierView } from './cashier-view.types.js'

/** More lines than this push the rest of the page away; the others are folded. */
const SHOWN_ITEMS = 4

interface OrderSummaryProps {
  view: CashierView
  stage: CashierStage
}

export function OrderSummary({ view, stage }: OrderSummaryProps) {
  const { messages } = useLanguage()
  const isPaid = stage === 'paid'
  // Nothing is due any more on an order that has ended.
  const label = stage === 'expired' || stage === 'closed' ? messages.amount : messages.amountDue
  return (
    <section className="summary">
      <p className="summary-label">{isPaid ? messages.paidFor : label}</p>
      {!isPaid && (
        <p className="summary-amount">
          <Money amountMinor={view.amount} currency={view.currency} size="display" />
        </p>
      )}
      <h1 className="summary-title">{view.title}</h1>
      <p className="summary-payee">
        <span className="summary-payee-label">{messages.payTo}</span>
        {view.institution_name} · {view.department_name}
      </p>
    </section>
  )
}

export function OrderItems({ view }: { view: CashierView }) {
  const { messages } = useLanguage()
  if (view.items.length === 0) return null
  const isFolded = view.items.length > SHOWN_ITEMS
  const shown = isFolded ? view.items.slice(0, SHOWN_ITEMS - 1) : view.items
  const folded = view.items.slice(shown.length)
  return (
    <section className="items" aria-labelledby="items-title">
      <h2 className="items-title" id="items-title">
        {messages.items}
      </h2>
      <ItemList items={shown} currency={view.currency} />
      {folded.length > 0 && (
        <details className="items-more">
          <summary>{messages.moreItems(folded.length)}</summary>
          <ItemList items={folded} currency={view.currency} />
        </details>
      )}
      <p className="items-total">
        <span>{messages.total}</span>
        <Money amountMinor={view.amount} currency={view.currency} />
      </p>
    </section>
  )
}

function ItemList({ items, currency }: { items: CashierItem[]; currency: string }) {
  return (
    <ul className="item-list">
      {items.map((item, index) => (
        // Two lines may say the same; their place in the server's list is their identity.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is replaced as a whole, never reordered
        <li className="item" key={index}>
          <span className="item-words">
            <span className="item-title">{item.title}</span>
            {item.payer_name !== null && <span className="item-payer">{item.payer_name}</span>}
          </span>
          <Money amountMinor={item.amount} currency={currency} />
        </li>
      ))}
    </ul>
  )
}
