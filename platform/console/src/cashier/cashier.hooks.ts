import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { CashierSession } from './cashier.session.js'
import type { CashierState } from './cashier.state.js'

const TICK_MS = 500

/** The session's state, kept fresh for as long as the page is there. */
export function useCashierState(session: CashierSession): CashierState {
  useEffect(() => {
    const onVisible = () => {
      if (!document.hidden) session.refresh()
    }
    const onOnline = () => session.setOffline(false)
    const onOffline = () => session.setOffline(true)
    if (!navigator.onLine) session.setOffline(true)
    session.refresh()
    document.addEventListener('visibilitychange', onVisible)
    // A page that comes back from the back/forward cache has missed everything meanwhile.
    window.addEventListener('pageshow', onVisible)
    window.addEventListener('online', onOnline)
    window.addEventListener('offline', onOffline)
    return () => {
      session.stop()
      document.removeEventListener('visibilitychange', onVisible)
      window.removeEventListener('pageshow', onVisible)
      window.removeEventListener('online', onOnline)
      window.removeEventListener('offline', onOffline)
    }
  }, [session])
  return useSyncExternalStore(session.subscribe, session.getState)
}

/** The server's time, running on while `isTicking`. */
export function useServerNow(offsetMs: number, isTicking: boolean): number {
  const [deviceNowMs, setDeviceNowMs] = useState(Date.now)
  useEffect(() => {
    if (!isTicking) return
    const timer = setInterval(() => setDeviceNowMs(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [isTicking])
  return deviceNowMs + offsetMs
}

/**
 * Moves the focus to the heading of what just replaced the payer's place on the page. Not at first
 * sight of the page: then the payer hasn't been anywhere yet.
 */
export function useFocusOnChange(place: string, isSettled: boolean) {
  const heading = useRef<HTMLHeadingElement>(null)
  const shown = useRef<string | null>(null)
  useEffect(() => {
    if (!isSettled) return
    if (shown.current !== null && shown.current !== place) heading.current?.focus()
    shown.current = place
  }, [place, isSettled])
  return heading
}
