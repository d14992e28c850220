import { useLanguage } from '../i18n/language.provider.js'
import type { Messages } from '../i18n/messages.types.js'
import { Mark, type MarkKind } from '../ui/mark.view.js'
import { useFocusOnChange } from './cashier.hooks.js'
import { CashierFrame } from './cashier-frame.view.js'

export type NoticeKind = 'not_found' | 'offline' | 'server'

interface NoticeWords {
  mark: MarkKind
  title: keyof Messages & ('notFoundTitle' | 'unavailableTitle')
  detail: keyof Messages & ('notFoundDetail' | 'unavailableOffline' | 'unavailableServer')
}

const NOTICES: Record<NoticeKind, NoticeWords> = {
  not_found: { mark: 'missing', title: 'notFoundTitle', detail: 'notFoundDetail' },
  offline: { mark: 'offline', title: 'unavailableTitle', detail: 'unavailableOffline' },
  server: { mark: 'offline', title: 'unavailableTitle', detail: 'unavailableServer' },
}

/** A page with nothing to pay on it: the link is wrong, or nothing could be read yet. */
export function CashierNotice({ kind, onRetry }: { kind: NoticeKind; onRetry: () => void }) {
  const { messages } = useLanguage()
  const heading = useFocusOnChange(kind, true)
  const words = NOTICES[kind]
  return (
    <CashierFrame view={null}>
      <main className="cashier-main is-notice" data-stage={kind}>
        <section className="panel panel-centred" role="alert">
          <Mark kind={words.mark} />
          <h1 className="panel-title" ref={heading} tabIndex={-1}>
            {messages[words.title]}
          </h1>
          <p className="panel-text">{messages[words.detail]}</p>
          {kind !== 'not_found' && (
            <button className="button button-secondary" type="button" onClick={onRetry}>
              {messages.retryNow}
            </button>
          )}
        </section>
      </main>
    </CashierFrame>
  )
}
