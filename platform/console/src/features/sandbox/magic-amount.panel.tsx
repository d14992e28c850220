import type { MagicAmountList } from '@openbursar/sdk'
import { useApiQuery } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { Money } from '../../ui/money.view.js'
import { Panel } from '../../ui/panel.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { sandboxMessages } from './sandbox.messages.js'

export function MagicAmountPanel() {
  const words = useMessages(sandboxMessages)
  const query = useApiQuery<MagicAmountList>(['magic_amounts'], (bursar, options) =>
    bursar.testHelpers.magicAmounts.list(options),
  )
  return (
    <Panel title={words.magic}>
      <p className="soft">{words.magicLead}</p>
      <QueryState query={query}>
        {({ data }) => (
          <div className="table-frame">
            <table className="data-table">
              <thead>
                <tr>
                  <th scope="col" className="is-end">
                    {words.amount}
                  </th>
                  <th scope="col">{words.happens}</th>
                  <th scope="col">{words.fault}</th>
                </tr>
              </thead>
              <tbody>
                {data.map(({ amount, currency, fault }) => (
                  <tr key={amount}>
                    <td className="is-end">
                      <Money amountMinor={BigInt(amount)} currency={currency} />
                    </td>
                    <td>{words.faultNames[fault]}</td>
                    <td>
                      <code>{fault}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </QueryState>
    </Panel>
  )
}
