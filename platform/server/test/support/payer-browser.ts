import { apiBase, simulatorBase } from './platform.js'

export interface SeenPage {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** A browser reduced to what a hostile one needs as well: cookies, redirects and forms. */
export class PayerBrowser {
  readonly cookies = new Map<string, string>()
  /** As they were set, with their attributes. */
  readonly setCookies: string[] = []

  /** Follows redirects as long as they stay with us or the campus; an app's address ends the way. */
  async open(address: string | URL, init: RequestInit = {}): Promise<SeenPage> {
    let url = new URL(address)
    let request = init
    for (let hops = 0; hops < 15; hops++) {
      if (!this.origins().includes(url.origin)) {
        return { url, status: 0, headers: new Headers(), text: '' }
      }
      const answer = await this.fetch(url, request)
      const location = answer.headers.get('location')
      if (location === null || answer.status < 300 || answer.status > 399) {
        const { status, headers } = answer
        return { url, status, headers, text: await answer.text() }
      }
      url = new URL(location, url)
      request = {}
    }
    throw new Error(`redirected in circles at ${url.href}`)
  }

  /** Where it goes without asking. */
  protected origins(): readonly string[] {
    return [apiBase(), simulatorBase()]
  }

  /** Sends the form of a page, with changes; `undefined` leaves a field out. */
  submit(
    page: SeenPage,
    fields: Readonly<Record<string, string | undefined>>,
    index = 0,
  ): Promise<SeenPage> {
    const form = [...page.text.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)][index]?.[0] ?? ''
    const action = /action="([^"]*)"/.exec(form)?.[1] ?? page.url.href
    const hidden = [...form.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, unescaped(value)] as const,
    )
    const sent = new URLSearchParams()
    for (const [name, value] of Object.entries({ ...Object.fromEntries(hidden), ...fields })) {
      if (value !== undefined) sent.set(name, value)
    }
    return this.post(new URL(action, page.url), sent)
  }

  post(url: string | URL, form: URLSearchParams): Promise<SeenPage> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.open(url, { method: 'POST', headers, body: form.toString() })
  }

  /** Signs in at the simulated campus, whose page must be the one shown. */
  signIn(page: SeenPage, number: string): Promise<SeenPage> {
    return this.submit(page, { number, action: 'sign_in' })
  }

  private async fetch(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    if (cookie !== '') headers.set('cookie', cookie)
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const set of answer.headers.getSetCookie()) this.keep(set)
    return answer
  }

  private keep(set: string): void {
    this.setCookies.push(set)
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
    const isGone = value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(set)
    if (isGone) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

const unescaped = (text: string) =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
