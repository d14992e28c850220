import { join } from 'node:path'
import { readDocument } from './pages.mjs'
import { SECTIONS, SHARED } from './structure.mjs'
import { WORDS } from './words.mjs'

/** The first page of a language: its own words, then everything there is to read. */
export function homePageOf(locale, pages) {
  const { data, text } = readDocument(join('home', `${locale}.md`))
  const lists = SECTIONS.map((section) => {
    const own = pagesOf(section.id, locale, pages)
    if (own.length === 0) return ''
    const items = own.map(({ title, target }) => `- [${title}](/${target})`).join('\n')
    return `## ${section[locale]}\n\n${items}\n`
  })
  const shared = SHARED.map(({ id, ...titles }) => `- [${titles[locale]}](/${locale}/${id}/)`)
  lists.push(`## ${WORDS[locale].lookUp}\n\n${[...lookUpOf(locale), ...shared].join('\n')}\n`)
  return { title: data.title, text: `${text}\n${lists.filter(Boolean).join('\n')}` }
}

const lookUpOf = (locale) => [
  `- [${WORDS[locale].api}](/${locale}/api){target="_self"}`,
  `- [${WORDS[locale].errors}](/${locale}/errors/)`,
]

/** The first page of a part that is not guides. */
export function indexPageOf(section, locale, pages) {
  const items = pagesOf(section.id, locale, pages)
    .map(({ title, target }) => `- [${title}](/${target})`)
    .join('\n')
  return { title: section[locale], text: `# ${section[locale]}\n\n${items}\n` }
}

/** The pages of a part of the sidebar, in its order. */
export function pagesOf(section, locale, pages) {
  return pages
    .filter((page) => page.section === section && page.locale === locale)
    .sort((a, b) => a.order - b.order || a.target.localeCompare(b.target, 'en'))
}
