import { isRecord } from '../core/problem.js'
import type { Terminal } from './command.types.js'

/** Prints one object, or each of a list: as JSON, or what a person wants to know of it. */
export function printEvents(answer: unknown, isJson: boolean, { print }: Terminal): void {
  const list = isRecord(answer) && Array.isArray(answer.data) ? answer.data : [answer]
  for (const one of list) {
    if (isJson || !isRecord(one)) print(JSON.stringify(one))
    else {
      const { created_at, endpoint_id, event_type, id, status, type } = one
      const words = [created_at, type ?? event_type, id, endpoint_id, status]
      print(words.filter((word) => word !== undefined && word !== null).join(' '))
    }
  }
}
