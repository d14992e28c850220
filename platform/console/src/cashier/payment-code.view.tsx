import { useLanguage } from '../i18n/language.provider.js'
import { channelWords } from '../i18n/messages.types.js'
import type { CashierView, PayChoice } from './cashier-view.types.js'
import { QrCode } from './qr-code.view.js'

interface PaymentCodeProps {
  view: CashierView
  choice: PayChoice | null
  isPreparing: boolean
}

/** The code to scan and how to scan it, with room kept while it is being prepared. */
export function PaymentCode({ view, choice, isPreparing }: PaymentCodeProps) {
  const { messages } = useLanguage()
  const { app } = channelWords(messages, choice?.channel ?? '')
  const action = isPreparing ? null : view.payment?.action
  const address = action?.type === 'show_qr' ? action.qr_url : null
  return (
    <>
      <QrCode address={address} app={app} reference={view.reference} />
      <p className="panel-text only-desktop">{messages.scanOnDesktop(app)}</p>
      <p className="panel-text only-phone">{messages.scanOnPhone(app)}</p>
    </>
  )
}
