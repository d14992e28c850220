import type { Key } from '@openbursar/sdk'
import { Form, Input, Radio, Select } from 'antd'
import { useCurrentApp } from '../../api/api.context.js'
import { APP_SCOPES } from '../../api/scope.texts.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ScopePicker } from '../../ui/scope-picker.view.js'
import { endOfPeriod, linesOf, PERIODS, type Period, wrongIp } from './key-form.rules.js'
import { keysMessages } from './keys.messages.js'

export interface KeyLimits {
  readonly name?: string
  readonly reach?: 'all' | 'some'
  readonly scopes?: Key['scopes']
  readonly ips?: string
  readonly period?: Period
}

/** What every new key is asked: its name, and how much less than its app it may do. */
export function KeyLimitFields() {
  const words = useMessages(keysMessages)
  const own = useCurrentApp()?.scopes ?? new Set<string>()
  const reach = Form.useWatch('reach')
  return (
    <>
      <Form.Item name="name" label={words.name} extra={words.nameHint}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      <Form.Item name="reach" label={words.scopes} extra={words.narrowHint} initialValue="all">
        <Radio.Group
          options={[
            { value: 'all', label: words.allOption },
            { value: 'some', label: words.someOption },
          ]}
        />
      </Form.Item>
      {reach === 'some' && (
        <Form.Item
          name="scopes"
          rules={[{ required: true, type: 'array', min: 1, message: words.chooseScopes }]}
        >
          <ScopePicker scopes={APP_SCOPES.filter((scope) => own.has(scope))} />
        </Form.Item>
      )}
      <IpField />
      <Form.Item name="period" label={words.period} initialValue="never">
        <Select
          className="form-select"
          options={(
            ['never', 'd90', 'd180', 'd365'] as const satisfies (keyof typeof PERIODS)[]
          ).map((value) => ({ value, label: words.periods[value] }))}
        />
      </Form.Item>
    </>
  )
}

export function IpField() {
  const words = useMessages(keysMessages)
  return (
    <Form.Item
      name="ips"
      label={words.allowedIps}
      extra={words.ipsHint}
      rules={[
        {
          validator: async (_rule, text: string | undefined) => {
            const wrong = wrongIp(text)
            if (wrong !== null) throw new Error(words.ipWrong(wrong))
          },
        },
      ]}
    >
      <Input.TextArea rows={2} spellCheck={false} />
    </Form.Item>
  )
}

/** The same, as the API wants it. */
export function limitsOf({ name, reach, scopes, ips, period = 'never' }: KeyLimits) {
  const notAfter = endOfPeriod(period, new Date())
  return {
    ...(name?.trim() ? { name: name.trim() } : {}),
    ...(reach === 'some' && scopes !== undefined ? { scopes } : {}),
    ...(linesOf(ips).length > 0 ? { allowed_ips: linesOf(ips) } : {}),
    ...(notAfter === undefined ? {} : { not_after: notAfter }),
  }
}
