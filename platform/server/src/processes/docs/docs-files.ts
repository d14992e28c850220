import { readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, resolve, sep } from 'node:path'
import { Injectable } from '@nestjs/common'

/** What `platform/tools/build.mjs` makes of docs/. */
const DIST = resolve(import.meta.dirname, '../../../../../docs/dist')
/** The first page of the site: while it is not there, nothing of the site is. */
const FIRST_PAGE = 'en/index.html'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** A file of the site, as it may be sent. */
export interface DocsFile {
  readonly contentType: string
  /** The API reference makes style sheets while it runs, and needs a nonce for them on every request. */
  readonly needsNonce: boolean
  /** Its name carries a hash of its content: a browser may keep it for good. */
  readonly isImmutable: boolean
  readonly etag: string
  /** A compressed copy is there; what is small has none. */
  readonly isCompressible: boolean
  read(form: 'plain' | 'gzip'): Promise<Buffer>
}

/**
 * The built documentation. Addresses are looked up in the list of files that were there when it was built, so
 * no path from a request touches the disk. A site that is built anew while we run is noticed.
 */
@Injectable()
export class DocsFiles {
  private files = new Map<string, DocsFile>()
  private builtAtMs = 0

  isBuilt(): boolean {
    this.refresh()
    return this.files.size > 0
  }

  /** The file at an address below /docs/: `en/guides/keys` is the page keys.html. */
  find(path: string): DocsFile | null {
    this.refresh()
    const names = path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`]
    for (const name of names) {
      const file = this.files.get(name)
      if (file) return file
    }
    return null
  }

  private refresh(): void {
    const builtAtMs = statSync(join(DIST, FIRST_PAGE), { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (builtAtMs === this.builtAtMs) return
    this.builtAtMs = builtAtMs
    const names = builtAtMs === 0 ? [] : namesBelow(DIST)
    const known = new Set(names)
    this.files = new Map(
      names
        .filter((name) => !name.endsWith('.gz'))
        .map((name) => [name, describe(name, known.has(`${name}.gz`), builtAtMs)]),
    )
  }
}

function describe(name: string, isCompressible: boolean, builtAtMs: number): DocsFile {
  const path = join(DIST, name)
  return {
    contentType: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    needsNonce: /^[^/]+\/api\.html$/.test(name),
    isImmutable: name.startsWith('assets/'),
    etag: `"${Math.trunc(builtAtMs).toString(36)}"`,
    isCompressible,
    read: (form) => readFile(form === 'gzip' ? `${path}.gz` : path),
  }
}

function namesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
}
