import { useLanguage } from '../i18n/language.provider.js'
import { CashierFrame } from './cashier-frame.view.js'

/** The page's shape while it is being read, so that nothing moves when the words arrive. */
export function CashierSkeleton() {
  const { messages } = useLanguage()
  return (
    <CashierFrame view={null} isLoading>
      <main className="cashier-main" data-stage="loading" aria-busy="true">
        <p className="visually-hidden" role="status">
          {messages.loading}
        </p>
        <section className="summary" aria-hidden="true">
          <div className="bone bone-label" />
          <div className="bone bone-amount" />
          <div className="bone bone-title" />
        </section>
        <section className="panel" aria-hidden="true">
          <div className="bone bone-heading" />
          <div className="bone bone-button" />
        </section>
      </main>
    </CashierFrame>
  )
}
