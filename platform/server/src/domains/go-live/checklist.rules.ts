import { CHECKLIST, CHECKLIST_ITEMS, type ChecklistItem, type Evidence } from './checklist.table.js'

export function isChecklistItem(text: string): text is ChecklistItem {
  return CHECKLIST_ITEMS.some((item) => item === text)
}

/** Which items are still to be looked for. */
export function unseen(seen: readonly Evidence[]): ChecklistItem[] {
  return CHECKLIST_ITEMS.filter((item) => !seen.some((one) => one.item === item))
}

/** What has to be seen before anybody may ask for live access. */
export function missing(seen: readonly Evidence[]): ChecklistItem[] {
  const open = new Set(unseen(seen))
  return CHECKLIST.filter(({ item, is_required }) => is_required && open.has(item)).map(
    ({ item }) => item,
  )
}
