/** Stands in the built page where each answer puts a nonce of its own; see vite.console.config.ts. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__'

/**
 * Scripts come from us alone. So do styles, except for the style elements that the component library makes
 * while it runs: it puts the page's nonce on them (CSP 3, 6.7.3.3). `data:` is for icons in style sheets, `blob:` for
 * nothing that is fetched: a file made in the page, such as a new private key, is saved and never sent.
 */
export function consolePolicyOf(nonce: string): string {
  return [
    "default-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
}

export function pageWithNonce(page: string, nonce: string): string {
  return page.replaceAll(NONCE_PLACEHOLDER, nonce)
}
