import type { Payer } from '@openbursar/sdk'
import { Link } from 'react-router'
import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../../ui/data.messages.js'
import { type Fact, fact } from '../../ui/facts.view.js'
import { Instant } from '../../ui/instant.view.js'
import { ObjectRequests } from '../../ui/record/object-requests.view.js'
import { RecordView, useRecord } from '../../ui/record/record.view.js'
import { payerMessages } from './payers.messages.js'

export function PayerPage() {
  const words = useMessages(payerMessages)
  const data = useMessages(dataMessages)
  const facts = (payer: Payer): Fact[] => [
    fact(data.kind, words.kinds[payer.kind]),
    fact(words.numberTypes[payer.number_type], <code>{payer.number_masked}</code>),
    fact(words.phone, payer.phone_masked),
    fact(words.email, payer.email_masked),
    fact(words.bills, <Link to={`/bills?payer=${payer.id}`}>{words.showBills}</Link>),
    fact(data.createdAt, <Instant at={payer.created_at} withSeconds />),
    fact(data.updatedAt, <Instant at={payer.updated_at} withSeconds />),
  ]
  return (
    <RecordView
      query={useRecord<Payer>('payers')}
      parent={{ to: '/payers', title: words.title }}
      title={({ name_masked }) => name_masked}
      facts={facts}
    >
      {(payer) => <ObjectRequests id={payer.id} />}
    </RecordView>
  )
}
