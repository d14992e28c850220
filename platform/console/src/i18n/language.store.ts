import { chooseLanguage, type Language } from './language.rules.js'

const STORAGE_KEY = 'openbursar.language'

export function readLanguage(): Language {
  return chooseLanguage({
    query: new URLSearchParams(window.location.search).get('lang'),
    stored: readStored(),
    preferred: navigator.languages,
  })
}

/** Remembers a choice. An address that names a language is rewritten, or a reload would undo it. */
export function storeLanguage(language: Language): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, language)
  } catch {
    // Storage may be forbidden (private mode, strict settings); the choice then lasts for this page.
  }
  const address = new URL(window.location.href)
  if (!address.searchParams.has('lang')) return
  address.searchParams.set('lang', language)
  window.history.replaceState(null, '', address)
}

function readStored(): string | null {
  try {
    return window.localStorage.getItem(STORAGE_KEY)
  } catch {
    return null
  }
}
