import { Injectable } from '@nestjs/common'
import type { Caller } from '../../infra/http/caller.js'
import { HttpError } from '../../infra/http/http.errors.js'
import type { WireList } from '../../infra/http/wire.schema.js'
import type { WireEvent } from '../webhooks/events/event.schema.js'
import { EventService } from '../webhooks/events/event.service.js'
import type { EventType } from '../webhooks/events/event.types.js'
import { EventTriggerError } from './event-trigger.errors.js'
import type { TriggerEvent } from './event-trigger.schema.js'
import { SCENARIOS } from './scenarios/scenario.table.js'
import type { Scenario } from './scenarios/scenario.types.js'
import { Scene } from './scenarios/scene.js'
import { SceneServices } from './scenarios/scene.services.js'

/** Jobs and notifications take their time; periodic tasks come every 15 seconds. */
const DEADLINE_MS = 25_000

/** Makes real things happen in the sandbox, so that an app is told of them. */
@Injectable()
export class EventTriggerService {
  constructor(
    private readonly services: SceneServices,
    private readonly events: EventService,
  ) {}

  /**
   * Answers with the event when it is there.
   * @throws EventTriggerError event_trigger_unavailable, event_trigger_timeout; HttpError scope_missing
   */
  async trigger(caller: Caller, body: TriggerEvent): Promise<WireList<WireEvent>> {
    const { type, object = {} } = body
    const scenario = SCENARIOS[type]
    if ('missing' in scenario) {
      throw new EventTriggerError('event_trigger_unavailable', scenario.missing)
    }
    requireScopes(caller, scenario)
    const { next_cursor } = await this.events.list(caller, { order: 'asc', after: 'now', limit: 1 })
    const objectId = await scenario.play(new Scene(caller, this.services, object))
    const event = await this.next(caller, type, objectId, next_cursor)
    return { object: 'list', data: [event], has_more: false, next_cursor: null }
  }

  private async next(
    caller: Caller,
    type: EventType,
    objectId: string | null,
    start: string | null,
  ): Promise<WireEvent> {
    const deadlineMs = performance.now() + DEADLINE_MS
    let after = start
    while (performance.now() < deadlineMs) {
      const page = await this.events.list(caller, {
        ...{ order: 'asc', type, limit: 1, wait_seconds: 5 },
        ...(after === null ? {} : { after }),
        ...(objectId === null ? {} : { object_id: objectId }),
      })
      if (page.data[0]) return page.data[0]
      after = page.next_cursor
    }
    throw new EventTriggerError(
      'event_trigger_timeout',
      `It was set off, but no ${type} came of it within ${DEADLINE_MS / 1000} s. Are the worker and the simulators running? GET /v1/events shows what did.`,
    )
  }
}

function requireScopes({ scopes }: Caller, scenario: Scenario): void {
  const lacking = scenario.scopes.filter((scope) => !scopes.has(scope))
  if (lacking.length === 0) return
  throw new HttpError(
    'scope_missing',
    `Making this happen needs the scopes ${scenario.scopes.join(', ')}; missing: ${lacking.join(', ')}.`,
  )
}
