import { QuestionCircleOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { useMessages } from '../i18n/feature-messages.js'
import { LanguageSwitch } from '../ui/language-switch.view.js'
import { AccountMenu } from './account-menu.view.js'
import { AppSwitch } from './app-switch.view.js'
import { HeaderSearch } from './header-search.view.js'
import { ModeSwitch } from './mode-switch.view.js'
import { shellMessages } from './shell.messages.js'
import { showShortcuts } from './shortcuts.store.js'

export function HeaderBar() {
  const words = useMessages(shellMessages)
  return (
    <header className="header-bar">
      <Link className="header-mark" to="/" aria-label={words.productName}>
        <span className="header-mark-name">OpenBursar</span>
      </Link>
      <AppSwitch />
      <ModeSwitch />
      <HeaderSearch />
      <LanguageSwitch />
      <Button
        type="text"
        icon={<QuestionCircleOutlined />}
        aria-label={words.help}
        title={words.help}
        onClick={() => showShortcuts(true)}
      />
      <AccountMenu />
    </header>
  )
}
