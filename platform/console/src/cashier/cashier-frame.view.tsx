import type { ReactNode } from 'react'
import { useLanguage } from '../i18n/language.provider.js'
import { LanguageSwitch } from '../ui/language-switch.view.js'
import type { CashierView } from './cashier-view.types.js'

interface FrameProps {
  /** null while it is being read, or when there is nothing to show. */
  view: CashierView | null
  isLoading?: boolean
  trouble?: 'offline' | 'server' | null
  /** Then the page cannot promise that it asks for no secret at all. */
  asksForPin?: boolean
  children: ReactNode
}

/** What stands around every state of the page: test banner, letterhead, language, foot. */
export function CashierFrame(props: FrameProps) {
  const { view, isLoading = false, trouble = null, asksForPin = false, children } = props
  const { messages } = useLanguage()
  return (
    <div className={isLoading ? 'cashier is-loading' : 'cashier'}>
      {view !== null && !view.livemode && <TestBanner />}
      <header className="letterhead">
        <div className="letterhead-inner">
          {isLoading && <span className="seal is-blank" />}
          {view === null && !isLoading && <p className="institution">{messages.pageTitle}</p>}
          {view !== null && <Letterhead view={view} />}
          <LanguageSwitch />
        </div>
      </header>
      {children}
      <footer className="foot">
        <p className="foot-promise">{asksForPin ? messages.promisePin : messages.promise}</p>
        {view !== null && (
          <p className="foot-reference">
            {messages.reference} <span className="reference">{view.reference}</span>
          </p>
        )}
      </footer>
      <div className="toast-place" role="status">
        {trouble !== null && (
          <p className="toast">
            {trouble === 'offline' ? messages.connectionOffline : messages.connectionServer}
          </p>
        )}
      </div>
    </div>
  )
}

function Letterhead({ view }: { view: CashierView }) {
  // The first character, whole even where it takes two code units.
  const [initial = ''] = view.institution_name
  return (
    <>
      <span className="seal" aria-hidden="true">
        {initial}
      </span>
      <p className="letterhead-names">
        <span className="institution">{view.institution_name}</span>
        <span className="department">{view.department_name}</span>
      </p>
    </>
  )
}

function TestBanner() {
  const { messages } = useLanguage()
  return (
    <div className="test-banner" role="note">
      <strong className="test-banner-tag">{messages.testBanner}</strong>
      <span>{messages.testBannerDetail}</span>
    </div>
  )
}
