import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'

const DIST = resolve(import.meta.dirname, '../dist-console')
const MANIFEST = join(DIST, '.vite/manifest.json')
/** Script of the first route, gzipped. */
const FIRST_ROUTE_BYTES_MAX = 350_000
const ENTRY = 'console.html'

interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
  readonly isDynamicEntry?: boolean
  readonly src?: string
}

// It is built for every run that comes to a browser or a platform, and so for the whole suite.
const describeBuilt = existsSync(MANIFEST) ? describe : describe.skip

describeBuilt('the built console', () => {
  const chunks: Readonly<Record<string, Chunk>> = JSON.parse(
    existsSync(MANIFEST) ? readFileSync(MANIFEST, 'utf8') : '{}',
  )

  /** What a browser has to load for these, each once. */
  function loadedFor(names: readonly string[], seen = new Set<string>()): Set<string> {
    for (const name of names) {
      const chunk = chunks[name]
      if (chunk === undefined || seen.has(chunk.file)) continue
      seen.add(chunk.file)
      loadedFor(chunk.imports ?? [], seen)
    }
    return seen
  }
  const bytesOf = (files: Iterable<string>) =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(DIST, file))).length, 0)

  test('loads less than 350 kB of script for its first route', () => {
    const home = Object.keys(chunks).filter((name) => name.endsWith('/home.page.tsx'))
    expect(home).toHaveLength(1)
    const bytes = bytesOf(loadedFor([ENTRY, ...home]))
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(FIRST_ROUTE_BYTES_MAX)
  })

  test('loads every other page when somebody goes there', () => {
    const pages = Object.values(chunks).filter(({ src }) => /\.page\.tsx$/.test(src ?? ''))
    expect(pages.length).toBeGreaterThan(5)
    expect(pages.filter(({ isDynamicEntry }) => isDynamicEntry !== true)).toEqual([])
  })
})
