import { defineConfig } from 'vitepress'
import { joinChineseLines } from '../site/chinese-lines.mjs'
import { pagesOf } from '../site/home-page.mjs'
import { alignByClass, CLASSES_FOR_STYLES, writeStyleSheet } from '../site/inline-styles.mjs'
import { listPages } from '../site/pages.mjs'
import { LOCALES, SECTIONS, SHARED, SOURCE } from '../site/structure.mjs'
import { WORDS } from '../site/words.mjs'
import { tokensOf } from './theme/search-tokens.js'

const pages = listPages()

/** Pages that are not VitePress's own: the API reference, which docs/site/api-page.mjs writes. */
const OTHER_PAGES = LOCALES.map((locale) => `/${locale}/api`)

export default defineConfig({
  base: '/docs/',
  srcDir: SOURCE,
  outDir: '../dist',
  title: 'OpenBursar',
  cleanUrls: true,
  // Nothing inline: the platform's policy allows scripts from files only.
  metaChunk: true,
  ignoreDeadLinks: OTHER_PAGES,
  markdown: {
    html: false,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    languageAlias: { mjs: 'js' },
    codeTransformers: [CLASSES_FOR_STYLES],
    config(markdown) {
      alignByClass(markdown)
      joinChineseLines(markdown)
    },
  },
  buildEnd: writeStyleSheet,
  // Its default adds a style element while it runs.
  appearance: { disableTransition: false },
  head: [
    ['link', { rel: 'icon', href: '/docs/icon.svg' }],
    ['link', { rel: 'stylesheet', href: '/docs/code.css' }],
  ],
  themeConfig: { search: { provider: 'local', options: searchOptions() } },
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  locales: Object.fromEntries(LOCALES.map((locale) => [locale, localeOf(locale)])),
})

function localeOf(locale) {
  const words = WORDS[locale]
  return {
    label: words.language,
    lang: locale,
    link: `/${locale}/`,
    description: words.description,
    themeConfig: {
      nav: [
        {
          text: words.guides,
          link: `/${locale}/guides/first-payment`,
          activeMatch: `/${locale}/guides/`,
        },
        { text: words.errors, link: `/${locale}/errors/`, activeMatch: `/${locale}/errors/` },
        // Another page altogether: the browser goes there, not the router.
        { text: words.api, link: `/${locale}/api`, target: '_self' },
      ],
      sidebar: sidebarOf(locale),
      ...words.theme,
    },
  }
}

/** The guides have a sidebar, and so has each of the parts that are not guides. */
function sidebarOf(locale) {
  const shared = SHARED.map((section) => [
    `/${locale}/${section.id}/`,
    [groupOf(section, locale), { text: WORDS[locale].guides, items: [homeOf(locale)] }],
  ])
  return { ...Object.fromEntries(shared), [`/${locale}/`]: guidesOf(locale) }
}

function guidesOf(locale) {
  const words = WORDS[locale]
  const lookUp = [
    { text: words.api, link: `/${locale}/api`, target: '_self' },
    { text: words.errors, link: `/${locale}/errors/` },
    ...SHARED.map((section) => ({ text: section[locale], link: `/${locale}/${section.id}/` })),
  ]
  const guides = SECTIONS.map((section) => groupOf(section, locale))
  return [...guides, { text: words.lookUp, items: lookUp }].filter(({ items }) => items.length > 0)
}

function homeOf(locale) {
  return { text: WORDS[locale].home, link: `/${locale}/` }
}

function groupOf(section, locale) {
  const items = pagesOf(section.id, locale, pages).map(({ title, target }) => ({
    text: title,
    link: `/${target}`,
  }))
  return { text: section[locale], items }
}

/** What the search box says, and how a text is cut into words. */
function searchOptions() {
  const locales = LOCALES.map((locale) => [locale, { translations: WORDS[locale].search }])
  const options = { locales: Object.fromEntries(locales) }
  // Not among what is sent to browsers, where it would be made anew by eval: the theme brings its own.
  return Object.defineProperty(options, 'miniSearch', {
    value: { options: { tokenize: tokensOf } },
    enumerable: false,
  })
}
