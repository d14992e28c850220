import { useMessages } from '../../i18n/feature-messages.js'
import { TabNav } from '../../ui/tab-nav.view.js'
import { operatorsMessages } from './operators.messages.js'

export function PeopleTabs() {
  const words = useMessages(operatorsMessages)
  return (
    <TabNav
      label={words.tabsLabel}
      tabs={[
        { to: '/operators', title: words.tabs.people },
        { to: '/operators/invitations', title: words.tabs.invitations },
        { to: '/operators/roles', title: words.tabs.roles },
      ]}
    />
  )
}
