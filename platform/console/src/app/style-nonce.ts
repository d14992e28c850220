const meta = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')

/** The nonce that this answer's Content-Security-Policy names. */
export const pageNonce = meta?.nonce ?? ''

/**
 * The component library puts the nonce on the styles of its components, but not on the ones that its parts
 * make in passing (locking the scroll bar behind a dialog, measuring its width). So every style element that a
 * script of ours makes carries it; scripts of others don't run here.
 */
export function nonceEveryStyle(): void {
  const createElement = document.createElement.bind(document)
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = pageNonce
    return element
  }
}
