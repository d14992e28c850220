import type { Operator } from '@openbursar/sdk'
import { useSession } from '../../api/api.context.js'
import { useApiMutation } from '../../api/api.hooks.js'
import { useMessages } from '../../i18n/feature-messages.js'
import { ConfirmButton } from '../../ui/confirm-button.view.js'
import { operatorsMessages } from './operators.messages.js'

const SETTINGS = { reach: 'institution', changes: ['operators'] } as const

export function OperatorActions({ person }: { person: Operator }) {
  const words = useMessages(operatorsMessages)
  const { operator } = useSession()
  const { id, name, status } = person
  const disable = useApiMutation(
    (bursar, _: undefined, options) => bursar.operators.disable(id, options),
    SETTINGS,
  )
  const enable = useApiMutation(
    (bursar, _: undefined, options) => bursar.operators.enable(id, options),
    SETTINGS,
  )
  const reset = useApiMutation(
    (bursar, _: undefined, options) => bursar.operators.resetSecondFactor(id, options),
    SETTINGS,
  )
  // One's own are on the account page.
  if (operator.id === id) return null
  return (
    <>
      {person.has_second_factor && (
        <ConfirmButton
          label={words.resetFactor}
          title={words.resetFactorTitle(name)}
          confirmLabel={words.resetFactor}
          onConfirm={() => reset.mutateAsync(undefined)}
        >
          {words.resetFactorDetail}
        </ConfirmButton>
      )}
      {status === 'active' ? (
        <ConfirmButton
          label={words.disable}
          title={words.disableTitle(name)}
          confirmLabel={words.disable}
          isDangerous
          onConfirm={() => disable.mutateAsync(undefined)}
        >
          {words.disableDetail}
        </ConfirmButton>
      ) : (
        <ConfirmButton
          label={words.enable}
          title={words.enableTitle(name)}
          confirmLabel={words.enable}
          onConfirm={() => enable.mutateAsync(undefined)}
        >
          {words.enableDetail}
        </ConfirmButton>
      )}
    </>
  )
}
