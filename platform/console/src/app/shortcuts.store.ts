import { useSyncExternalStore } from 'react'

let isShown = false
const listeners = new Set<() => void>()

/** Opens or closes the list of shortcuts, from wherever. */
export function showShortcuts(next: boolean): void {
  isShown = next
  for (const notify of listeners) notify()
}

export function useShortcutsShown(): boolean {
  return useSyncExternalStore(
    (notify) => {
      listeners.add(notify)
      return () => listeners.delete(notify)
    },
    () => isShown,
  )
}
