import { BursarError } from './errors.js'

/** One page as it is on the wire. */
export interface PageData<T> {
  object: 'list'
  data: T[]
  has_more: boolean
  next_cursor: string | null
}

type FetchPage<T> = (cursor: string | undefined) => Promise<PageData<T>>

/** One page of a list. Iterating over it continues through the pages that follow. */
export class Page<T> implements PageData<T>, AsyncIterable<T> {
  readonly object = 'list'
  readonly data: T[]
  readonly has_more: boolean
  readonly next_cursor: string | null
  readonly #fetchPage: FetchPage<T>

  constructor(page: PageData<T>, fetchPage: FetchPage<T>) {
    this.data = page.data
    this.has_more = page.has_more
    this.next_cursor = page.next_cursor
    this.#fetchPage = fetchPage
  }

  /** The page after this one, or undefined after the last. */
  async nextPage(): Promise<Page<T> | undefined> {
    const cursor = this.next_cursor
    if (!this.has_more || cursor === null) return undefined
    const next = new Page(await this.#fetchPage(cursor), this.#fetchPage)
    if (next.has_more && next.next_cursor === cursor) {
      throw new BursarError(`the list does not advance: cursor ${cursor} leads back to itself`, {
        code: 'pagination_stuck',
      })
    }
    return next
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let page: Page<T> | undefined = this
    while (page !== undefined) {
      yield* page.data
      page = await page.nextPage()
    }
  }
}

/**
 * What a `list` method returns. Nothing is fetched until it is awaited or iterated.
 *
 * ```ts
 * const page = await bursar.payments.list({ limit: 50 })          // one page
 * for await (const payment of bursar.payments.list()) use(payment) // all pages
 * const recent = await bursar.payments.list().toArray({ limit: 200 })
 * ```
 */
export class PagePromise<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
  readonly #fetchPage: FetchPage<T>
  #first: Promise<Page<T>> | undefined

  constructor(fetchPage: FetchPage<T>) {
    this.#fetchPage = fetchPage
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaitable is what this class is for.
  then<A = Page<T>, B = never>(
    onFulfilled?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#firstPage().then(onFulfilled, onRejected)
  }

  catch<B = never>(
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<Page<T> | B> {
    return this.#firstPage().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Page<T>> {
    return this.#firstPage().finally(onFinally)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this.#firstPage()
  }

  /** Collects the items; `limit` is required so that a long list cannot fill the memory unnoticed. */
  async toArray(options: { limit: number }): Promise<T[]> {
    const items: T[] = []
    if (options.limit <= 0) return items
    for await (const item of this) {
      items.push(item)
      if (items.length >= options.limit) break
    }
    return items
  }

  #firstPage(): Promise<Page<T>> {
    this.#first ??= this.#fetchPage(undefined).then((page) => new Page(page, this.#fetchPage))
    return this.#first
  }
}
