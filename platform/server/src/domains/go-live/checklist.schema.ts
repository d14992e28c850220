import { z } from 'zod'
import { Id, Timestamp, wireTime } from '../../infra/http/wire.schema.js'
import { missing } from './checklist.rules.js'
import { CHECKLIST, CHECKLIST_ITEMS, type Evidence } from './checklist.table.js'

const BothLanguages = z.object({ zh: z.string().max(500), en: z.string().max(500) })

const ChecklistEntry = z
  .object({
    item: z.enum(CHECKLIST_ITEMS),
    is_required: z.boolean().describe('Live access may be asked for once these are done.'),
    is_done: z.boolean(),
    title: BothLanguages,
    how: BothLanguages.describe('How to come by it.'),
    evidence: z
      .object({
        object_id: z
          .string()
          .max(40)
          .describe('What proves it; its id says what it is. A reset may have set it aside since.'),
        seen_at: Timestamp,
      })
      .nullable()
      .describe(
        'The first thing of its kind that the sandbox saw. Nobody can tick an item by hand.',
      ),
  })
  .meta({ id: 'ChecklistEntry' })

export const Checklist = z
  .object({
    object: z.literal('go_live_checklist'),
    app: Id('app'),
    is_ready: z.boolean().describe('Everything that is required is done.'),
    items: z.array(ChecklistEntry).max(CHECKLIST_ITEMS.length),
  })
  .meta({ id: 'GoLiveChecklist', description: 'What an app has shown in the sandbox.' })
export type Checklist = z.infer<typeof Checklist>

export function toWireChecklist(app: string, seen: readonly Evidence[]): Checklist {
  return {
    object: 'go_live_checklist',
    app,
    is_ready: missing(seen).length === 0,
    items: CHECKLIST.map(({ item, is_required, title, how }) => {
      const found = seen.find((one) => one.item === item)
      return {
        ...{ item, is_required, is_done: found !== undefined, title, how },
        evidence: found ? { object_id: found.object_id, seen_at: wireTime(found.seen_at) } : null,
      }
    }),
  }
}
