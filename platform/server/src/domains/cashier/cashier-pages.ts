import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { Injectable } from '@nestjs/common'

const DIST = resolve(import.meta.dirname, '../../../../console/dist')

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

export interface PageFile {
  readonly content_type: string
  readonly bytes: Buffer
}

/** The built page and its assets, a few files kept in memory: no path from a request touches the disk. */
@Injectable()
export class CashierPages {
  private readonly files = new Map<string, PageFile>()

  /** The page itself; null when the pages have not been built. */
  page(): PageFile | null {
    return this.file('cashier.html')
  }

  /** An asset by its name, as the page asks for it. */
  asset(name: string): PageFile | null {
    return this.file(join('assets', name))
  }

  /** The address of the style sheet whose name begins so; its name carries a hash of the content. */
  stylesheetPath(name: string): string | null {
    if (this.files.size === 0) this.load()
    const prefix = join('assets', `${name}-`)
    const found = [...this.files.keys()].find(
      (path) => path.startsWith(prefix) && path.endsWith('.css'),
    )
    return found === undefined ? null : `/cashier/${found}`
  }

  private file(name: string): PageFile | null {
    if (this.files.size === 0) this.load()
    return this.files.get(name) ?? null
  }

  private load(): void {
    for (const name of listFiles()) {
      const content_type = CONTENT_TYPES[extname(name)]
      if (content_type)
        this.files.set(name, { content_type, bytes: readFileSync(join(DIST, name)) })
    }
  }
}

function listFiles(): string[] {
  try {
    return readdirSync(DIST, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}
