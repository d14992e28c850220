import { useMessages } from '../../i18n/feature-messages.js'
import { dataMessages } from '../data.messages.js'
import type { Column } from '../data-table.view.js'
import type { FilterField } from '../filter-bar.view.js'
import { Instant } from '../instant.view.js'
import { Money } from '../money.view.js'
import { useStatusChoices } from '../status.hooks.js'
import { StatusTag } from '../status-tag.view.js'

export function useCreatedColumn<T extends { readonly created_at: string }>(): Column<T> {
  const { createdAt } = useMessages(dataMessages)
  return {
    key: 'created',
    title: createdAt,
    render: ({ created_at }) => <Instant at={created_at} withSeconds={false} />,
  }
}

export function useStatusColumn<T extends { readonly status: string }>(kind: string): Column<T> {
  const { status: title } = useMessages(dataMessages)
  return {
    key: 'status',
    title,
    render: ({ status }) => <StatusTag status={`${kind}.${status}`} />,
  }
}

export function useAmountColumn<
  T extends { readonly amount: number; readonly currency: string },
>(): Column<T> {
  const { amount: title } = useMessages(dataMessages)
  return {
    key: 'amount',
    title,
    align: 'end',
    render: ({ amount, currency }) => <Money amountMinor={BigInt(amount)} currency={currency} />,
  }
}

export function useStatusField(kind: string): FilterField<'status'> {
  const { status: label } = useMessages(dataMessages)
  return { kind: 'choice', name: 'status', label, choices: useStatusChoices(kind) }
}

/** The days between which an object was created. */
export function useDayFields(): FilterField<'from' | 'to'>[] {
  const { from, to } = useMessages(dataMessages)
  return [
    { kind: 'day', name: 'from', label: from },
    { kind: 'day', name: 'to', label: to },
  ]
}
