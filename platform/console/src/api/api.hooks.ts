import type { Bursar, RequestOptions } from '@openbursar/sdk'
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useApiValue } from './api.context.js'
import { withStepUp } from './step-up.store.js'

/** Which client a call goes through: the one of the address's app and mode, or the institution's. */
type Reach = 'app' | 'institution'
type Call<T> = (bursar: Bursar, options: RequestOptions) => PromiseLike<T>

interface QueryChoices<T> {
  readonly reach?: Reach
  readonly enabled?: boolean
  /** Asks again and again while somebody looks. */
  readonly everyMs?: number | false
  /** What was read will not change any more: no need to ask again. */
  readonly isOver?: (data: T) => boolean
}

/**
 * Reads. `key` names what is read, by the API's own word first (`['payments', filters]`); a write that changes
 * it names the same word.
 */
export function useApiQuery<T>(
  key: readonly unknown[],
  call: Call<T>,
  { reach = 'app', enabled = true, everyMs = false, isOver }: QueryChoices<T> = {},
): UseQueryResult<T> {
  const { institution, bursar } = useApiValue()
  const client = reach === 'app' ? bursar : institution
  return useQuery<T>({
    queryKey: key,
    enabled: enabled && client !== null,
    refetchInterval: ({ state }) =>
      state.data !== undefined && isOver?.(state.data) === true ? false : everyMs,
    queryFn: async ({ signal }) => {
      if (client === null) throw new Error('this page needs an app')
      return await call(client, { signal })
    },
  })
}

interface MutationChoices<T, V> {
  readonly reach?: Reach
  /** What is read anew afterwards: the first words of query keys. */
  readonly changes: readonly string[]
  readonly onDone?: (result: T, input: V) => void
}

/**
 * Writes. One Idempotency-Key per press of the button: the SDK's own retries, and the second try after the
 * person proved themselves, are the same operation.
 */
export function useApiMutation<T, V = void>(
  call: (bursar: Bursar, input: V, options: RequestOptions) => PromiseLike<T>,
  { reach = 'app', changes, onDone }: MutationChoices<T, V>,
): UseMutationResult<T, Error, V> {
  const { institution, bursar } = useApiValue()
  const queries = useQueryClient()
  const client = reach === 'app' ? bursar : institution
  return useMutation<T, Error, V>({
    mutationFn: async (input) => {
      if (client === null) throw new Error('this page needs an app')
      const options = { idempotencyKey: crypto.randomUUID() }
      return await withStepUp(async () => await call(client, input, options))
    },
    onSettled: () =>
      Promise.all(changes.map((name) => queries.invalidateQueries({ queryKey: [name] }))),
    onSuccess: (result, input) => onDone?.(result, input),
  })
}
