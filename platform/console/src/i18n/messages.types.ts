export interface ChannelWords {
  /** What the channel is called on a button. */
  name: string
  /** The app that a payer opens to scan. */
  app: string
}

type Plain =
  | 'pageTitle'
  | 'testTag'
  | 'testBanner'
  | 'testBannerDetail'
  | 'switchLanguage'
  | 'payTo'
  | 'amount'
  | 'amountDue'
  | 'items'
  | 'total'
  | 'reference'
  | 'promise'
  | 'loading'
  | 'chooseTitle'
  | 'noChannels'
  | 'payWithin'
  | 'payBefore'
  | 'preparing'
  | 'qrFailed'
  | 'qrReload'
  | 'saveQr'
  | 'openPhone'
  | 'autoResult'
  | 'waitingDetail'
  | 'changeChannel'
  | 'changeHint'
  | 'leaveDetail'
  | 'bridgeButton'
  | 'bridgeCancelled'
  | 'bridgeFailed'
  | 'pinLabel'
  | 'pinChecking'
  | 'promisePin'
  | 'counterTitle'
  | 'counterDetail'
  | 'counterLabel'
  | 'pinLabel'
  | 'processingTitle'
  | 'processingDetail'
  | 'processingLater'
  | 'paidTitle'
  | 'paidTest'
  | 'paidAt'
  | 'paidWith'
  | 'paidFor'
  | 'returnTo'
  | 'failedTitle'
  | 'failedDetail'
  | 'failedFinal'
  | 'retryTitle'
  | 'expiredTitle'
  | 'expiredDetail'
  | 'expiredChecking'
  | 'lateRefund'
  | 'closedTitle'
  | 'closedDetail'
  | 'notFoundTitle'
  | 'notFoundDetail'
  | 'unavailableTitle'
  | 'unavailableOffline'
  | 'unavailableServer'
  | 'retryNow'
  | 'connectionOffline'
  | 'connectionServer'
  | 'refusedTitle'
  | 'zoneName'

/** Sentences about the app that a payer pays with. */
type AboutApp =
  | 'nextStep'
  | 'scanTitle'
  | 'qrAlt'
  | 'scanOnDesktop'
  | 'scanOnPhone'
  | 'waitingTitle'
  | 'preparingPage'
  | 'leaveTitle'
  | 'bridgeDetail'
  | 'bridgeAbsent'

/** Every word of a page, in one language. A language that lacks one doesn't compile. */
export type Messages = Record<Plain, string> &
  Record<AboutApp, (app: string) => string> & {
    moreItems: (count: number) => string
    leaveButton: (channel: ChannelWords) => string
    /** By the code of the answer. */
    refusals: Record<string, string>
    payWith: (channel: ChannelWords, amount: string) => string
    channels: Record<string, ChannelWords>
  }

/** A channel that the server knows and this page doesn't is shown by its code. */
export function channelWords(messages: Messages, code: string): ChannelWords {
  return messages.channels[code] ?? { name: code, app: code }
}
