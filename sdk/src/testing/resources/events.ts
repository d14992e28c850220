import { sleep } from '../../core/deadline.js'
import type { PageData } from '../../core/pagination.js'
import type { Event, EventsListQuery } from '../../resources/types.js'
import { type Call, found, type Handler } from '../sandbox.call.js'
import { problemAt } from '../sandbox.problem.js'

export const EVENT_HANDLERS = {
  'events.get': ({ id, world }) => found(world.events.get(id), 'event_not_found', id).wire,
  'events.list': list,
} satisfies Record<string, Handler>

/** How often a waiting listener looks; in real time, as a listener waits. */
const LOOK_MS = 20

function list(call: Call): PageData<Event> | Promise<PageData<Event>> {
  const { after, object_id, order, request_id, type, wait_seconds, ...page } =
    call.query<EventsListQuery>()
  if (order === 'asc') return listen(call)
  for (const [field, value] of Object.entries({ after, wait_seconds })) {
    if (value !== undefined) throw problemAt('field_value_invalid', 'needs order=asc', `/${field}`)
  }
  if (object_id === undefined) return call.world.events.page(page, { request_id, type })
  const isOf = ({ data }: Event) => Reflect.get(data.object, 'id') === object_id
  return call.world.events.page(page, { request_id, type }, isOf)
}

/** The order for listeners: from a known event on, and perhaps a while for the next one to come. */
async function listen(call: Call): Promise<PageData<Event>> {
  const { wait_seconds: wait = 0 } = call.query<EventsListQuery>()
  const deadlineMs = performance.now() + wait * 1000
  const from = startOf(call)
  for (;;) {
    const page = pageFrom(call, from)
    const isOver = performance.now() >= deadlineMs || call.signal.aborted
    if (page.data.length > 0 || isOver) return page
    await sleep(LOOK_MS, call.signal)
  }
}

/** How many events the listener has behind it. */
function startOf(call: Call): number {
  const { after, cursor = after } = call.query<EventsListQuery>()
  const events = call.world.events.all()
  if (cursor === 'now') return events.length
  if (cursor === undefined) return 0
  found(call.world.events.get(cursor), 'event_not_found', cursor)
  return events.findIndex(({ wire }) => wire.id === cursor) + 1
}

function pageFrom(call: Call, from: number): PageData<Event> {
  const { limit = 20, object_id, request_id, type } = call.query<EventsListQuery>()
  const events = call.world.events.all().map(({ wire }) => wire)
  const wanted = events
    .slice(from)
    .filter(
      (event) =>
        (type === undefined || event.type === type) &&
        (request_id === undefined || event.request_id === request_id) &&
        (object_id === undefined || Reflect.get(event.data.object, 'id') === object_id),
    )
  const data = wanted.slice(0, limit)
  const hasMore = wanted.length > limit
  // Also behind events that were not asked for: the listener need not look at them again.
  const last = hasMore ? data.at(-1) : events.at(-1)
  return { object: 'list', data, has_more: hasMore, next_cursor: last?.id ?? null }
}
