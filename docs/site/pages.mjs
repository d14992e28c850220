import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { DOCS, LOCALES, SECTIONS, SHARED } from './structure.mjs'

/**
 * @typedef {object} Page
 * @property {string} locale
 * @property {string} source the file, relative to docs/
 * @property {string} target the page's path on the site, relative to its root, without an ending
 * @property {string} section
 * @property {number} order
 * @property {string} title
 * @property {string} text without its front matter
 */

/** Every page that is written by hand, in every language. @returns {Page[]} */
export function listPages() {
  return LOCALES.flatMap((locale) => [...guidesOf(locale), ...sharedOf(locale)])
}

function guidesOf(locale) {
  const folder = join('guides', locale)
  return markdownIn(folder).map((source) => {
    const { data, text } = readDocument(source)
    const section = SECTIONS.some(({ id }) => id === data.section) ? data.section : 'more'
    return {
      locale,
      source,
      target: `${locale}/guides/${basename(source, '.md')}`,
      section,
      order: Number(data.order ?? 1000),
      title: data.title ?? headingOf(text, source),
      text,
    }
  })
}

function sharedOf(locale) {
  return SHARED.flatMap(({ id, from }) =>
    from
      .flatMap((path) => (path.endsWith('.md') ? [path] : markdownIn(path)))
      .map((source, order) => {
        const { text } = readDocument(source)
        // reference/channels/abc.md stands at reference/channels/abc, ARCHITECTURE.md at maintainers/architecture.
        const name = source
          .replace(/\.md$/, '')
          .replace(`${id}/`, '')
          .replace(/README$/, 'index')
        const title = headingOf(text, source)
        return {
          locale,
          source,
          target: `${locale}/${id}/${lower(name)}`,
          section: id,
          order,
          title,
          text,
        }
      }),
  )
}

/** A document's front matter, as far as we use one: lines of `name: value`. */
export function readDocument(source) {
  const raw = readFileSync(join(DOCS, source), 'utf8')
  const match = /^---\n([\s\S]*?)\n---\n+/.exec(raw)
  if (!match) return { data: {}, text: raw }
  const lines = match[1].split('\n').map((line) => /^(\w+): *(.*)$/.exec(line))
  if (lines.includes(null)) throw new Error(`${source}: front matter is lines of "name: value"`)
  return {
    data: Object.fromEntries(lines.map(([, name, value]) => [name, value])),
    text: raw.slice(match[0].length),
  }
}

function headingOf(text, source) {
  const found = /^# (.+)$/m.exec(text)
  if (!found) throw new Error(`${source}: a document begins with a heading`)
  return found[1].replaceAll('`', '')
}

function markdownIn(folder) {
  const path = join(DOCS, folder)
  if (!existsSync(path)) return []
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => relative(DOCS, join(path, name)))
    .sort()
}

const lower = (name) => (name === name.toUpperCase() ? name.toLowerCase() : name)
