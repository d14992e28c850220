import { createRoot } from 'react-dom/client'
import '../ui/tokens.css'
import '../ui/ui.css'
import './cashier.css'
import './cashier-panel.css'
import { LanguageProvider } from '../i18n/language.provider.js'
import { CashierClient } from './cashier.client.js'
import { CashierSession } from './cashier.session.js'
import { CashierPage } from './cashier-page.view.js'
import { deviceOf } from './payer-device.rules.js'

// /cashier/{token}: the raw segment goes back to the server as it came.
const base = import.meta.env.BASE_URL
const token = window.location.pathname.slice(base.length).split('/')[0] ?? ''
const client = new CashierClient(`${base}api/${token}`)
const session = new CashierSession(client, () => document.hidden)

const root = document.getElementById('root')
if (root === null) throw new Error('cashier.html has no #root element')
createRoot(root).render(
  <LanguageProvider>
    <CashierPage session={session} device={deviceOf(navigator.userAgent)} />
  </LanguageProvider>,
)
