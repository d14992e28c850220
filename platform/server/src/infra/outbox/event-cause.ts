import { AsyncLocalStorage } from 'node:async_hooks'

/** The call of an app that is being answered: what the events of that app that it causes name. */
export interface EventCause {
  readonly app_id: string
  readonly request_id: string
}

/**
 * Entered by the writes that are run once (`IdempotencyInterceptor`). What an app's call sets off may be told far
 * below it, in code that knows no callers; jobs and channels' notifications enter nothing.
 */
const context = new AsyncLocalStorage<EventCause | null>()

export function causedBy<T>({ app_id, request_id }: EventCause, work: () => T): T {
  return context.run({ app_id, request_id }, work)
}

/** For work that is shared by several calls: it is nobody's alone. */
export function causedByNobody<T>(work: () => T): T {
  return context.getStore() ? context.run(null, work) : work()
}

/** Another app's call is not told of: its log is not this app's to read. */
export function causeFor(appId: string): string | null {
  const cause = context.getStore()
  return cause?.app_id === appId ? cause.request_id : null
}
