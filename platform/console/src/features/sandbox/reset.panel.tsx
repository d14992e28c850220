import type { SandboxReset } from '@openbursar/sdk'
import { Checkbox } from 'antd'
import { useState } from 'react'
import { useScope } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { Panel } from '../../ui/panel.view.js'
import { sandboxMessages } from './sandbox.messages.js'

const CHANGED = [
  ...['payments', 'refunds', 'bills', 'checkouts', 'payers', 'fee_items', 'events'],
  ...['webhook_endpoints', 'webhook_deliveries', 'test_clocks', 'reports', 'ledger/transactions'],
]

/** An empty sandbox, in which every number may be used again. */
export function ResetPanel() {
  const words = useMessages(sandboxMessages)
  const mayWrite = useScope('payments:write')
  const [keepEndpoints, setKeep] = useState(true)
  const reset = useApiMutation<SandboxReset>(
    (bursar, _, options) =>
      bursar.testHelpers.sandbox.reset({ keep_webhook_endpoints: keepEndpoints }, options),
    { changes: CHANGED },
  )
  if (!mayWrite) return null
  return (
    <Panel title={words.reset}>
      <p className="soft">{words.resetLead}</p>
      <ConfirmButton
        label={words.reset}
        title={words.resetTitle}
        confirmLabel={words.reset}
        isDangerous
        onConfirm={() => reset.mutateAsync()}
      >
        <p>{words.resetDetail}</p>
        <Checkbox checked={keepEndpoints} onChange={() => setKeep(!keepEndpoints)}>
          {words.keepEndpoints}
        </Checkbox>
      </ConfirmButton>
      {reset.isSuccess && <p role="status">{words.resetDone}</p>}
    </Panel>
  )
}
