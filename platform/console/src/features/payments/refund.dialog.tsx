import type { Payment, Refund } from '@openbursar/sdk'
import { Button, Input, Modal } from 'antd'
import { type FormEvent, useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { useApiMutation } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { moneyText } from '../../ui/money.format.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { readAmount, yuanText } from './amount-entry.rules.js'
import { paymentMessages } from './payments.messages.js'

interface RefundInput {
  readonly amount: number
  readonly out_refund_no: string
  readonly reason: string
}

/** Asks for a refund of what is left, or of a part of it. */
export function RefundDialog({ payment }: { payment: Payment }) {
  const words = useMessages(paymentMessages)
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {words.refund}
      </Button>
      <Modal
        open={isOpen}
        title={words.refundTitle}
        footer={null}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <p className="dialog-text">{words.refundLead}</p>
        <RefundForm payment={payment} />
      </Modal>
    </>
  )
}

function useRefund(payment: string) {
  const navigate = useNavigate()
  return useApiMutation<Refund, RefundInput>(
    (bursar, { reason: said, ...input }, options) =>
      bursar.refunds.create(
        { payment, ...input, ...(said === '' ? {} : { reason: said }) },
        options,
      ),
    {
      changes: ['payments', 'refunds', 'request_logs', 'ledger_transactions'],
      onDone: (refund) => void navigate(`/refunds/${refund.id}`),
    },
  )
}

function RefundForm({ payment }: { payment: Payment }) {
  const words = useMessages(paymentMessages)
  const leftMinor = BigInt(payment.amount) - BigInt(payment.amount_refunded)
  const left = moneyText(leftMinor, payment.currency)
  const [amount, setAmount] = useState(yuanText(leftMinor))
  // Made once: a second press of the button is the same refund.
  const [number, setNumber] = useState(() => `refund-${Date.now().toString(36)}`)
  const [reason, setReason] = useState('')
  const [isChecked, setChecked] = useState(false)
  const send = useRefund(payment.id)
  const entry = readAmount(amount, leftMinor)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (entry.kind !== 'amount') return
    send.mutate({
      amount: Number(entry.amountMinor),
      out_refund_no: number.trim(),
      reason: reason.trim(),
    })
  }
  const wrong = entry.kind === 'too_much' ? words.tooMuch(left) : words.badAmount
  const isWrong = isChecked && entry.kind !== 'amount'
  const id = useId()
  return (
    <form className="form-rows" onSubmit={submit} noValidate>
      <label htmlFor={`${id}amount`}>{words.refundAmount}</label>
      <Input
        id={`${id}amount`}
        value={amount}
        inputMode="decimal"
        status={isWrong ? 'error' : ''}
        aria-invalid={isWrong}
        aria-describedby={`${id}hint`}
        onChange={(event) => setAmount(event.target.value)}
      />
      <p id={`${id}hint`} className={isWrong ? 'form-wrong' : 'form-hint'}>
        {isWrong ? wrong : words.refundLeft(left)}
      </p>
      <label htmlFor={`${id}number`}>{words.refundNo}</label>
      <Input
        id={`${id}number`}
        value={number}
        maxLength={64}
        onChange={(event) => setNumber(event.target.value)}
      />
      <label htmlFor={`${id}reason`}>{words.refundReason}</label>
      <Input
        id={`${id}reason`}
        value={reason}
        maxLength={80}
        onChange={(event) => setReason(event.target.value)}
      />
      {send.error !== null && <ProblemNote problem={problemOf(send.error)} />}
      <div className="form-actions">
        <Button type="primary" htmlType="submit" loading={send.isPending}>
          {words.refundSend}
        </Button>
      </div>
    </form>
  )
}
