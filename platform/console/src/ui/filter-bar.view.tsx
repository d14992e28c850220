import { Button, Input } from 'antd'
import { type FormEvent, useId } from 'react'
import { useMessages } from '../i18n/feature-messages.js'
import type { ListFilters } from './list.hooks.js'
import { uiMessages } from './ui.messages.js'

/** How a filter is set: one of a few, an exact text, or a day. */
export type FilterField<N extends string> =
  | {
      readonly kind: 'choice'
      readonly name: N
      readonly label: string
      readonly choices: readonly (readonly [value: string, label: string])[]
    }
  | { readonly kind: 'text' | 'day'; readonly name: N; readonly label: string }

interface FilterBarProps<N extends string> {
  readonly label: string
  readonly filters: ListFilters<N>
  readonly fields: readonly FilterField<N>[]
}

/** A choice applies at once, a text when it is entered. */
export function FilterBar<N extends string>({ label, filters, fields }: FilterBarProps<N>) {
  const words = useMessages(uiMessages)
  const apply = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const entered = new FormData(event.currentTarget)
    const changes: Partial<Record<N, string>> = {}
    for (const { name } of fields) changes[name] = String(entered.get(name) ?? '').trim()
    filters.set(changes)
  }
  return (
    <search className="filter-bar" aria-label={label}>
      <form
        // Set anew when the address changes otherwise: by the way back, or by clearing.
        key={JSON.stringify(filters.values)}
        onSubmit={apply}
        onChange={(event) => {
          if (event.target instanceof HTMLSelectElement || isDay(event.target)) {
            event.currentTarget.requestSubmit()
          }
        }}
      >
        {fields.map((field) => (
          <FilterInput key={field.name} field={field} value={filters.values[field.name] ?? ''} />
        ))}
        <button type="submit" className="visually-hidden">
          {words.applyFilters}
        </button>
        {filters.isFiltered && (
          <Button type="link" onClick={filters.clear}>
            {words.clearFilters}
          </Button>
        )}
      </form>
    </search>
  )
}

function FilterInput<N extends string>(props: { field: FilterField<N>; value: string }) {
  const { field, value } = props
  const words = useMessages(uiMessages)
  const id = useId()
  return (
    <div className="filter-field">
      <label htmlFor={id}>{field.label}</label>
      {field.kind === 'choice' ? (
        <select id={id} name={field.name} defaultValue={value} className="field-select">
          <option value="">{words.all}</option>
          {field.choices.map(([choice, text]) => (
            <option key={choice} value={choice}>
              {text}
            </option>
          ))}
        </select>
      ) : (
        <Input
          id={id}
          name={field.name}
          type={field.kind === 'day' ? 'date' : 'text'}
          defaultValue={value}
          className={`filter-${field.kind}`}
        />
      )}
    </div>
  )
}

function isDay(target: EventTarget): boolean {
  return target instanceof HTMLInputElement && target.type === 'date'
}
