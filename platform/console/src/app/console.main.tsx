import { createRoot } from 'react-dom/client'
import '../ui/tokens.css'
import '../ui/ui.css'
import '../ui/page.css'
import '../ui/record.css'
import './console.css'
import { LanguageProvider } from '../i18n/language.provider.js'
import { ConsoleProviders } from './console.providers.js'
import { ConsoleRouter } from './console.router.js'
import { nonceEveryStyle } from './style-nonce.js'

nonceEveryStyle()

const root = document.getElementById('root')
if (root === null) throw new Error('console.html has no #root element')
createRoot(root).render(
  <LanguageProvider>
    <ConsoleProviders>
      <ConsoleRouter />
    </ConsoleProviders>
  </LanguageProvider>,
)
