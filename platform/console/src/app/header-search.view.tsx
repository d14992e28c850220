import { Input } from 'antd'
import { useNavigate } from 'react-router'
import { useCurrentApp } from '../api/api.context.js'
import { useMessages } from '../i18n/feature-messages.js'
import { pageOfId } from '../ui/object-link.rules.js'
import { shellMessages } from './shell.messages.js'

/** A whole id leads straight to its page; everything else is looked for. */
export function HeaderSearch() {
  const words = useMessages(shellMessages)
  const navigate = useNavigate()
  if (useCurrentApp() === null) return <div className="header-search" />
  const find = (text: string) => {
    const wanted = text.trim()
    if (wanted === '') return
    void navigate(pageOfId(wanted) ?? `/search?q=${encodeURIComponent(wanted)}`)
  }
  return (
    <search className="header-search" data-search>
      <Input
        allowClear
        aria-label={words.search}
        placeholder={words.search}
        suffix={<kbd>/</kbd>}
        onPressEnter={(event) => find(event.currentTarget.value)}
      />
    </search>
  )
}
