import type { Fault, FaultList, SetFault } from '@openbursar/sdk'
import { Button } from 'antd'
import { type FormEvent, useId } from 'react'
import { useScope } from '../../api/api.context.js'
import { useApiMutation, useApiQuery } from '../../api/api.hooks.js'
import { problemOf } from '../../api/problem.rules.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { useLanguage } from '../../i18n/language.provider.js'
import { channelWords } from '../../i18n/messages.types.js'
import { ChannelName } from '../../ui/channel-name.view.js'
import { Panel } from '../../ui/panel.view.js'
import { ProblemNote } from '../../ui/problem-note.view.js'
import { QueryState } from '../../ui/query-state.view.js'
import { FAULT_NAMES, FAULTY_CHANNELS, faultOf } from './fault.rules.js'
import { sandboxMessages } from './sandbox.messages.js'

const CHANGED = ['faults']

export function FaultPanel() {
  const words = useMessages(sandboxMessages)
  const mayWrite = useScope('payments:write')
  const query = useApiQuery<FaultList>(['faults'], (bursar, options) =>
    bursar.testHelpers.faults.list({}, options),
  )
  return (
    <Panel title={words.faults}>
      <p className="soft">{words.faultsLead}</p>
      {mayWrite && <FaultForm />}
      <QueryState query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="soft">{words.noFaults}</p>
          ) : (
            <SetFaults faults={data} mayClear={mayWrite} />
          )
        }
      </QueryState>
    </Panel>
  )
}

function SetFaults({ faults, mayClear }: { faults: readonly Fault[]; mayClear: boolean }) {
  const words = useMessages(sandboxMessages)
  const clear = useApiMutation<FaultList>(
    (bursar, _, options) => bursar.testHelpers.faults.clear({}, options),
    { changes: CHANGED },
  )
  return (
    <>
      <ul className="line-list">
        {faults.map(({ fault, channel, channel_account, times, payment }) => (
          <li key={`${fault} ${channel_account} ${payment}`}>
            <span>{words.faultNames[fault]}</span>
            <span className="soft">
              <ChannelName code={channel} /> · <code>{fault}</code>
            </span>
            <span className="soft line-end">
              {times === null ? words.always : words.timesCount(times)}
            </span>
          </li>
        ))}
      </ul>
      {clear.error !== null && <ProblemNote problem={problemOf(clear.error)} />}
      {mayClear && (
        <Button loading={clear.isPending} onClick={() => clear.mutate()}>
          {words.clearFaults}
        </Button>
      )}
    </>
  )
}

function FaultForm() {
  const words = useMessages(sandboxMessages)
  const { messages } = useLanguage()
  const set = useApiMutation<Fault, SetFault>(
    (bursar, input, options) => bursar.testHelpers.faults.set(input, options),
    { changes: CHANGED },
  )
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const input = faultOf(new FormData(event.currentTarget))
    if (input !== null) set.mutate(input)
  }
  const id = useId()
  return (
    <form className="form-line" onSubmit={submit}>
      <label htmlFor={`${id}fault`}>{words.fault}</label>
      <select id={`${id}fault`} name="fault" className="field-select">
        {FAULT_NAMES.map((fault) => (
          <option key={fault} value={fault}>
            {words.faultNames[fault]}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}channel`}>{words.channel}</label>
      <select id={`${id}channel`} name="channel" className="field-select">
        {FAULTY_CHANNELS.map((channel) => (
          <option key={channel} value={channel}>
            {channelWords(messages, channel).name}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}times`}>{words.times}</label>
      <select id={`${id}times`} name="times" className="field-select" defaultValue="1">
        {['1', '2', '5', '10'].map((times) => (
          <option key={times} value={times}>
            {times}
          </option>
        ))}
        <option value="">{words.always}</option>
      </select>
      <Button htmlType="submit" loading={set.isPending}>
        {words.setFault}
      </Button>
      {set.error !== null && <ProblemNote problem={problemOf(set.error)} />}
    </form>
  )
}
