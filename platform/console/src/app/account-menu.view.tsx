import { UserOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { Link } from 'react-router'
import { useSession } from '../api/api.context.js'
import { useApiMutation } from '../api/api.hooks.js'
import { useMessages } from '../i18n/feature-messages.js'
import { shellMessages } from './shell.messages.js'

export function AccountMenu() {
  const words = useMessages(shellMessages)
  const { operator } = useSession()
  const signOut = useApiMutation<void, { everywhere: boolean }>(
    (bursar, { everywhere }, options) =>
      everywhere ? bursar.sessions.deleteAll(options) : bursar.session.delete(options),
    // Nothing of a signed-out person stays in the page's memory.
    { reach: 'institution', changes: [], onDone: () => window.location.replace('/console/') },
  )
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', type: 'group', label: `${operator.name} · ${operator.login}` },
          { key: 'account', label: <Link to="/account">{words.accountPage}</Link> },
          { type: 'divider' },
          { key: 'out', label: words.signOut },
          { key: 'out_everywhere', label: words.signOutEverywhere },
        ],
        onClick: ({ key }) => {
          if (key === 'out' || key === 'out_everywhere') {
            signOut.mutate({ everywhere: key === 'out_everywhere' })
          }
        },
      }}
    >
      <Button
        type="text"
        className="account-button"
        icon={<UserOutlined />}
        loading={signOut.isPending}
        aria-label={words.account(operator.name)}
      >
        <span className="account-name">{operator.name}</span>
      </Button>
    </Dropdown>
  )
}
