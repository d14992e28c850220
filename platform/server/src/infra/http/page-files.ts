import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

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

/** Built pages and their assets, a few files kept in memory: no path from a request touches the disk. */
export class PageFiles {
  private readonly files = new Map<string, PageFile>()

  constructor(private readonly folder: string) {}

  /** Null when there is none, or when the pages have not been built. */
  file(name: string): PageFile | null {
    this.load()
    return this.files.get(name) ?? null
  }

  /** An asset by its name, as a page asks for it. */
  asset(name: string): PageFile | null {
    return this.file(join('assets', name))
  }

  names(): readonly string[] {
    this.load()
    return [...this.files.keys()]
  }

  private load(): void {
    if (this.files.size > 0) return
    for (const name of listFiles(this.folder)) {
      const content_type = CONTENT_TYPES[extname(name)]
      if (content_type)
        this.files.set(name, { content_type, bytes: readFileSync(join(this.folder, name)) })
    }
  }
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}
