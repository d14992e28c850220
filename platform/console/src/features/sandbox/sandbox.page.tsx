import { Alert } from 'antd'
import { useCurrentApp } from '../../api/api.context.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { PageHeader } from '../../ui/page-header.view.js'
import { ClockPanel } from './clock.panel.js'
import { FaultPanel } from './fault.panel.js'
import { MagicAmountPanel } from './magic-amount.panel.js'
import { OpenPaymentPanel } from './open-payment.panel.js'
import { ResetPanel } from './reset.panel.js'
import { sandboxMessages } from './sandbox.messages.js'

export function SandboxPage() {
  const words = useMessages(sandboxMessages)
  if (useCurrentApp()?.workplace.mode !== 'test') {
    return (
      <>
        <PageHeader title={words.title} />
        <Alert type="info" showIcon title={words.onlyTest} />
      </>
    )
  }
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <OpenPaymentPanel />
      <div className="two-columns">
        <ClockPanel />
        <FaultPanel />
      </div>
      <MagicAmountPanel />
      <ResetPanel />
    </>
  )
}
