import type { EventType } from '@openbursar/sdk'
import { Checkbox, Radio } from 'antd'
import { useState } from 'react'
import { useMessages } from '../../i18n/feature-messages.js'
import { EVENT_TYPES } from '../../ui/event-types.table.js'
import { webhookMessages } from './webhooks.messages.js'

/** What events are about: `payment` of `payment.succeeded`. */
const OBJECTS = [...new Set(EVENT_TYPES.map((type) => type.slice(0, type.indexOf('.'))))]

interface EventTypeChoiceProps {
  /** None: all of them. */
  readonly types: readonly EventType[]
  readonly onChange: (types: EventType[]) => void
}

/** Types are shown by the object that they are about. */
export function EventTypeChoice({ types, onChange }: EventTypeChoiceProps) {
  const words = useMessages(webhookMessages)
  const [isSome, setSome] = useState(types.length > 0)
  return (
    <fieldset className="form-set">
      <legend>{words.eventTypes}</legend>
      <Radio.Group
        value={isSome}
        onChange={() => {
          setSome(!isSome)
          if (isSome) onChange([])
        }}
      >
        <Radio value={false}>{words.allTypes}</Radio>
        <Radio value={true}>{words.someTypes}</Radio>
      </Radio.Group>
      {isSome && (
        <div className="type-groups">
          {OBJECTS.map((object) => (
            <div key={object}>
              {EVENT_TYPES.filter((type) => type.startsWith(`${object}.`)).map((type) => (
                <Checkbox
                  key={type}
                  checked={types.includes(type)}
                  onChange={(event) =>
                    onChange(
                      event.target.checked
                        ? [...types, type]
                        : types.filter((chosen) => chosen !== type),
                    )
                  }
                >
                  <code>{type}</code>
                </Checkbox>
              ))}
            </div>
          ))}
        </div>
      )}
    </fieldset>
  )
}
