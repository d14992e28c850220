import type { ChannelAccount } from '@openbursar/sdk'
import { useMessages } from '../../i18n/feature-messages.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import { useCreatedColumn, useStatusColumn, useStatusField } from '../../ui/record/columns.view.js'
import { RecordList } from '../../ui/record/record-list.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { channelAccountMessages } from './channel-accounts.messages.js'

const FILTERS = ['status'] as const

export function ChannelAccountListPage() {
  const words = useMessages(channelAccountMessages)
  const data = useMessages(dataMessages)
  return (
    <RecordList<ChannelAccount, (typeof FILTERS)[number]>
      list="channel_accounts"
      title={words.title}
      lead={words.lead}
      empty={<p>{words.empty}</p>}
      names={FILTERS}
      fields={[useStatusField('channel_account')]}
      columns={[
        { key: 'name', title: words.name, render: ({ name }) => name },
        {
          key: 'channel',
          title: data.channel,
          render: ({ channel }) => <ChannelName code={channel} />,
        },
        {
          key: 'merchant',
          title: words.merchant,
          isMinor: true,
          render: ({ merchant_id }) => <code>{merchant_id}</code>,
        },
        useStatusColumn('channel_account'),
        {
          key: 'health',
          title: words.health,
          render: ({ health }) => <StatusTag status={`channel_health.${health.state}`} />,
        },
        useCreatedColumn(),
      ]}
    />
  )
}
