import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vitepress'
import { writeApiPages } from './api-page.mjs'
import { assemble } from './assemble.mjs'
import { DIST, DOCS } from './structure.mjs'

/** Above this a compressed copy is worth its place. */
const GZIP_BYTES_MIN = 2_048
const COMPRESSED = /\.(html|js|css|json|yaml|svg)$/

/**
 * Builds the site beside the one that is being served, and puts it in its place when it is whole. Ends with
 * an error when a link leads nowhere.
 */
async function buildSite() {
  const next = join(DOCS, '.vitepress/cache/next')
  assemble()
  rmSync(next, { recursive: true, force: true })
  await build(DOCS, { outDir: next, logLevel: 'warn' })
  copyFileSync(join(import.meta.dirname, 'icon.svg'), join(next, 'icon.svg'))
  for (const file of filesBelow(next, '.html')) makePlain(next, file)
  writeApiPages(next)
  for (const file of filesBelow(next).filter((name) => COMPRESSED.test(name))) compress(file)
  const old = join(DOCS, '.vitepress/cache/old')
  rmSync(old, { recursive: true, force: true })
  if (existsSync(DIST)) renameSync(DIST, old)
  renameSync(next, DIST)
  rmSync(old, { recursive: true, force: true })
}

/** Scripts that VitePress writes into a page go into files, style attributes go: both would be refused. */
function makePlain(folder, file) {
  const html = readFileSync(file, 'utf8')
    .replaceAll(/<script( id="[\w-]+")?>([\s\S]*?)<\/script>/g, (_, id, code) => {
      const name = `assets/inline.${createHash('sha256').update(code).digest('hex').slice(0, 8)}.js`
      writeFileSync(join(folder, name), code)
      return `<script${id ?? ''} src="/docs/${name}"></script>`
    })
    .replaceAll(/(<[a-z][^<>]*?) style="[^"]*"/g, '$1')
  writeFileSync(file, html)
}

function compress(file) {
  const bytes = readFileSync(file)
  if (bytes.length >= GZIP_BYTES_MIN) writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 7 }))
}

function filesBelow(folder, ending = '') {
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
}

await buildSite()
