/** The languages of the documentation; the folder of each is its name. */
const LANGUAGES = ['zh-CN', 'en'] as const
export type DocsLanguage = (typeof LANGUAGES)[number]

/** Set by the site itself when a visitor reads in a language: see docs/.vitepress/theme. */
const COOKIE = /(?:^|;\s*)bursar_docs_language=(zh-CN|en)(?:;|$)/

interface Asking {
  readonly cookie?: string | undefined
  readonly 'accept-language'?: string | undefined
}

/** What the visitor chose before; else what the browser prefers; else English. */
export function languageOf(headers: Asking): DocsLanguage {
  const chosen = COOKIE.exec(headers.cookie ?? '')?.[1]
  const found = LANGUAGES.find((language) => language === chosen)
  return found ?? preferredOf(headers['accept-language'] ?? '')
}

/** RFC 9110 section 12.5.4. Any Chinese is answered in the Chinese we have. */
function preferredOf(header: string): DocsLanguage {
  const wishes = header.split(',', 20).map((part) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
    const quality = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find(Boolean)
    return { tag, quality: quality === undefined ? 1 : Number(quality) }
  })
  const known = wishes
    .filter(({ tag, quality }) => /^(zh|en)(-|$)/.test(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return known[0]?.tag.startsWith('zh') ? 'zh-CN' : 'en'
}
