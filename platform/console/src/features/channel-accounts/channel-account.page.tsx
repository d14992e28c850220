import type { ChannelAccount } from '@openbursar/sdk'
import { Button } from 'antd'
import { useScope } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, Facts, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { ObjectRequests } from '../../ui/record/object-requests.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { StatusTag } from '../../ui/status-tag.view.js'
import { channelAccountMessages } from './channel-accounts.messages.js'
import { ChannelIncidents } from './channel-incidents.view.js'

const CHANGED = ['channel_accounts', 'request_logs']

export function ChannelAccountPage() {
  const words = useMessages(channelAccountMessages)
  return (
    <RecordView
      query={useRecord<ChannelAccount>('channel_accounts')}
      parent={{ to: '/channel_accounts', title: words.title }}
      title={({ name }) => name}
      status={({ status }) => `channel_account.${status}`}
      actions={(account) => <AccountActions account={account} />}
      facts={useAccountFacts()}
    >
      {(account) => (
        <>
          <ChannelIncidents account={account.id} />
          <ObjectRequests id={account.id} />
        </>
      )}
    </RecordView>
  )
}

function useAccountFacts(): (account: ChannelAccount) => Fact[] {
  const words = useMessages(channelAccountMessages)
  const data = useMessages(dataMessages)
  return ({ health, check, ...account }) => [
    fact(data.channel, <ChannelName code={account.channel} />),
    fact(words.merchant, <code>{account.merchant_id}</code>),
    fact(data.department, account.department && <ObjectId id={account.department} />),
    fact(words.health, <StatusTag status={`channel_health.${health.state}`} />),
    fact(words.since, health.since && <Instant at={health.since} withSeconds />),
    fact(words.lastError, health.last_error),
    fact(words.retryAt, health.retry_at && <Instant at={health.retry_at} withSeconds />),
    fact(
      words.check,
      check && (
        <>
          <StatusTag status={`channel_check.${check.result}`} /> {check.message}{' '}
          <span className="soft">
            <Instant at={check.checked_at} withSeconds />
          </span>
        </>
      ),
    ),
    fact(
      words.settings,
      <Facts
        facts={Object.entries(account.settings).map(([name, value]) => [name, String(value)])}
      />,
    ),
    fact(words.secrets, account.secrets.map(({ field }) => field).join(', ')),
  ]
}

function AccountActions({ account }: { account: ChannelAccount }) {
  const words = useMessages(channelAccountMessages)
  const mayWrite = useScope('channel_accounts:write')
  const check = useApiMutation<ChannelAccount>(
    (bursar, _, options) => bursar.channelAccounts.check(account.id, options),
    { changes: CHANGED },
  )
  const disable = useApiMutation<ChannelAccount>(
    (bursar, _, options) => bursar.channelAccounts.disable(account.id, options),
    { changes: CHANGED },
  )
  const enable = useApiMutation<ChannelAccount>(
    (bursar, _, options) => bursar.channelAccounts.enable(account.id, options),
    { changes: CHANGED },
  )
  if (!mayWrite) return null
  const error = check.error ?? enable.error
  return (
    <>
      {error !== null && <ProblemNote problem={problemOf(error)} />}
      <Button loading={check.isPending} onClick={() => check.mutate()}>
        {words.try}
      </Button>
      {account.status === 'disabled' ? (
        <Button type="primary" loading={enable.isPending} onClick={() => enable.mutate()}>
          {words.enable}
        </Button>
      ) : (
        <ConfirmButton
          label={words.disable}
          title={words.disableTitle}
          confirmLabel={words.disable}
          isDangerous
          onConfirm={() => disable.mutateAsync()}
        >
          {words.disableDetail}
        </ConfirmButton>
      )}
    </>
  )
}
