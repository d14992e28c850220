import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorPagesOf } from './error-pages.mjs'
import { homePageOf, indexPageOf } from './home-page.mjs'
import { withSiteLinks } from './links.mjs'
import { listPages } from './pages.mjs'
import { LOCALES, SHARED, SOURCE } from './structure.mjs'

/** Writes what VitePress reads: the hand-written documents with the site's links, and the pages of the errors. */
export function assemble() {
  const pages = listPages()
  const targets = new Map(
    pages.map(({ locale, source, target }) => [`${locale} ${source}`, target]),
  )
  rmSync(SOURCE, { recursive: true, force: true })
  for (const page of pages) {
    write(page.target, page.title, withNotice(page, withSiteLinks(page, targets)))
  }
  for (const locale of LOCALES) {
    const { title, text } = homePageOf(locale, pages)
    write(`${locale}/index`, title, text, { outline: 'false' })
    for (const section of SHARED) {
      const index = indexPageOf(section, locale, pages)
      write(`${locale}/${section.id}/index`, index.title, index.text, { outline: 'false' })
    }
    const source = `errors/${locale}.md`
    for (const { target, title, text, data } of errorPagesOf(locale)) {
      write(target, title, withSiteLinks({ source, locale, text }, targets), data)
    }
  }
}

/** Documents that exist once are mostly English: a reader of Chinese is told so. */
function withNotice({ locale, source, text: original }, text) {
  const isShared = !source.startsWith('guides/')
  const isForeign = isShared && locale === 'zh-CN' && !/[\u4e00-\u9fff]{12}/.test(original)
  if (!isForeign) return text
  return text.replace(/^# .+$/m, (heading) => `${heading}\n\n::: info\n本页只有英文版。\n:::`)
}

function write(target, title, text, data = {}) {
  const file = join(SOURCE, `${target}.md`)
  const lines = Object.entries({ title: JSON.stringify(title), ...data }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `---\n${lines.join('\n')}\n---\n\n${text}`)
}
