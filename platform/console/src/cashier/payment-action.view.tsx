import { useEffect, useRef, useState } from 'react'
import { useLanguage } from '../i18n/language.provider.js'
import type { ChannelWords } from '../i18n/messages.types.js'
import { type BridgeOutcome, invokeBridge } from './jsapi-bridge.action.js'

interface LeavePageProps {
  address: string
  words: ChannelWords
  /** The payer has just asked for it here, so one tap is enough. */
  isFresh: boolean
}

/** Paid on a page of the provider's own. */
export function LeavePage({ address, words, isFresh }: LeavePageProps) {
  const { messages } = useLanguage()
  const link = useRef<HTMLAnchorElement>(null)
  const isFollowed = useRef(false)
  useEffect(() => {
    if (!isFresh || isFollowed.current) return
    isFollowed.current = true
    link.current?.click()
  }, [isFresh])
  return (
    <>
      <p className="panel-text">{messages.leaveDetail}</p>
      {/* WeChat's H5 page opens only for the origin that the merchant registered, so it is told ours, and
          never the whole address: the link is the credential. */}
      <a ref={link} className="button button-primary" href={address} referrerPolicy="origin">
        {messages.leaveButton(words)}
      </a>
    </>
  )
}

interface BridgeProps {
  parameters: Record<string, string>
  app: string
}

/** Paid by the app that this page runs in. */
export function BridgePayment({ parameters, app }: BridgeProps) {
  const { messages } = useLanguage()
  const [outcome, setOutcome] = useState<BridgeOutcome | 'asking' | null>(null)
  const pay = () => {
    setOutcome('asking')
    void invokeBridge(parameters).then(setOutcome)
  }
  return (
    <>
      <p className="panel-text">
        {outcome === 'absent' ? messages.bridgeAbsent(app) : messages.bridgeDetail(app)}
      </p>
      {outcome === 'cancelled' && (
        <p className="panel-note" role="status">
          {messages.bridgeCancelled}
        </p>
      )}
      {outcome === 'failed' && (
        <p className="panel-note" role="alert">
          {messages.bridgeFailed}
        </p>
      )}
      <button
        className="button button-primary"
        type="button"
        disabled={outcome === 'asking'}
        onClick={pay}
      >
        {messages.bridgeButton}
      </button>
    </>
  )
}

/** Paid to a cashier, who finds the payment by this number. */
export function CounterNumber({ number }: { number: string }) {
  const { messages } = useLanguage()
  return (
    <>
      <p className="panel-text">{messages.counterDetail}</p>
      <p className="counter-number">
        <span className="counter-label">{messages.counterLabel}</span>
        {/* Read out digit by digit: nobody can tell a cashier "four million". */}
        <span className="visually-hidden">{[...number].join(' ')}</span>
        <strong className="counter-digits" aria-hidden="true">
          {number}
        </strong>
      </p>
    </>
  )
}
