import type { ChannelIncident, PageData } from '@openbursar/sdk'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { Instant } from '../../ui/instant.view.js'
import { Panel } from '../../ui/panel.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { channelAccountMessages } from './channel-accounts.messages.js'

/** What the provider said that nobody understood or believed. Its words stay with the server: they may hold anything. */
export function ChannelIncidents({ account }: { account: string }) {
  const words = useMessages(channelAccountMessages)
  const query = useApiQuery<PageData<ChannelIncident>>(
    ['channel_accounts', account, 'incidents'],
    (bursar, options) => bursar.channelAccounts.listIncidents(account, {}, options),
  )
  return (
    <Panel title={words.incidents}>
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="soft">{words.noIncidents}</p>
          ) : (
            <ul className="line-list">
              {data.map((incident) => (
                <li key={incident.id}>
                  <strong>{words.incidentKinds[incident.kind]}</strong>
                  <span>{incident.reason}</span>
                  {incident.suppressed > 0 && (
                    <span className="soft">{words.suppressed(incident.suppressed)}</span>
                  )}
                  <span className="soft line-end">
                    <Instant at={incident.created_at} withSeconds />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </QueryState>
    </Panel>
  )
}
