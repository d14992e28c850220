export interface Keystroke {
  readonly key: string
  readonly hasModifier: boolean
  /** Somebody is writing, or a dialog or menu is open and has the keyboard. */
  readonly isTaken: boolean
}

export type ShortcutAction =
  | { readonly kind: 'none' | 'await_page' | 'search' | 'help' }
  | { readonly kind: 'go'; readonly key: string }
  | { readonly kind: 'row'; readonly step: 1 | -1 }

const NONE: ShortcutAction = { kind: 'none' }

/** What a key means. After `g` the next key names a page. */
export function actionOf(stroke: Keystroke, isAwaitingPage: boolean): ShortcutAction {
  if (stroke.hasModifier || stroke.isTaken) return NONE
  if (isAwaitingPage) return { kind: 'go', key: stroke.key }
  switch (stroke.key) {
    case 'g':
      return { kind: 'await_page' }
    case '/':
      return { kind: 'search' }
    case '?':
      return { kind: 'help' }
    case 'j':
      return { kind: 'row', step: 1 }
    case 'k':
      return { kind: 'row', step: -1 }
    default:
      return NONE
  }
}
