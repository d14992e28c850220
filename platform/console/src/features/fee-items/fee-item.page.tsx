import type { FeeItem } from '@openbursar/sdk'
import { Fragment } from 'react'
import { Link } from 'react-router'
import { useMessages } from '../../i18n/feature-messages.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { moneyText } from '../../ui/money.format.js'
import { ObjectId } from '../../ui/object-id.view.js'
import { ObjectRequests } from '../../ui/record/object-requests.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { feeItemMessages } from './fee-items.messages.js'

export function FeeItemPage() {
  const words = useMessages(feeItemMessages)
  return (
    <RecordView
      query={useRecord<FeeItem>('fee_items')}
      parent={{ to: '/fee_items', title: words.title }}
      title={({ name }) => name}
      status={({ status }) => `fee_item.${status}`}
      facts={useFeeItemFacts()}
    >
      {(item) => <ObjectRequests id={item.id} />}
    </RecordView>
  )
}

function useFeeItemFacts(): (item: FeeItem) => Fact[] {
  const words = useMessages(feeItemMessages)
  const data = useMessages(dataMessages)
  return (item) => [
    fact(words.code, <code>{item.code}</code>),
    fact(data.kind, words.kinds[item.kind]),
    fact(words.period, [item.academic_year, item.term].filter(Boolean).join(' · ')),
    fact(words.window, <Opening item={item} always={words.open} />),
    fact(words.partial, partialText(item, words)),
    fact(words.accounting, item.accounting_code),
    fact(words.channels, <Channels codes={item.channels} all={words.allChannels} />),
    fact(
      words.split,
      item.revenue_split.length > 0 && (
        <ul>
          {item.revenue_split.map(({ department, share }) => (
            <li key={department}>
              <ObjectId id={department} /> {share}
            </li>
          ))}
        </ul>
      ),
    ),
    fact(words.bills, <Link to={`/bills?fee_item=${item.id}`}>{words.showBills}</Link>),
    fact(data.department, <ObjectId id={item.department} />),
    fact(data.createdAt, <Instant at={item.created_at} withSeconds />),
  ]
}

function partialText(item: FeeItem, words: (typeof feeItemMessages)['en']): string {
  const { allowed, minimum } = item.partial_payment
  if (!allowed) return words.partialNo
  return minimum === null
    ? words.partialYes
    : words.partialFrom(moneyText(BigInt(minimum), item.currency))
}

function Opening({ item, always }: { item: FeeItem; always: string }) {
  const { window_starts_at: start, window_ends_at: end } = item
  if (start === null && end === null) return always
  return (
    <>
      {start !== null && <Instant at={start} withSeconds={false} />} –{' '}
      {end !== null && <Instant at={end} withSeconds={false} />}
    </>
  )
}

function Channels({ codes, all }: { codes: readonly string[]; all: string }) {
  if (codes.length === 0) return all
  return codes.map((code, index) => (
    <Fragment key={code}>
      {index > 0 && ', '}
      <ChannelName code={code} />
    </Fragment>
  ))
}
