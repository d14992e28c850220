import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { DOCS } from './structure.mjs'

/** Text outside fenced blocks, changed; what is in them stays as it is. */
export function mapProse(text, change) {
  let fence = ''
  return text
    .split('\n')
    .map((line) => {
      const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1] ?? ''
      if (fence) {
        if (mark.startsWith(fence) && line.trim() === mark) fence = ''
        return line
      }
      fence = mark
      return mark ? line : change(line)
    })
    .join('\n')
}

/**
 * Links between documents lead from file to file, so that they work wherever the repository is read. On the
 * site they lead from page to page, in the language of the reader. What is in the repository and not on the
 * site keeps its words and loses its link.
 * @param {import('./pages.mjs').Page} page
 * @param {ReadonlyMap<string, string>} targets from `locale source` to the page's path
 */
export function withSiteLinks(page, targets) {
  return mapProse(page.text, (line) =>
    line.replaceAll(/(!?)\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, image, words, href) => {
      if (image || /^([a-z]+:|[#/])/.test(href)) return whole
      const [path, anchor] = href.split('#')
      const file = normalize(join(dirname(page.source), path))
      const locale = /^errors\/(.+)\.md$/.exec(file)?.[1]
      // One file of texts, and on the site a page for every code in it.
      if (locale) return `[${words}](/${locale}/errors/${anchor ?? ''})`
      const target = targetOf(file, page.locale, targets)
      if (target) return `[${words}](/${target}${anchor ? `#${anchor}` : ''})`
      if (existsSync(join(DOCS, file))) return words
      throw new Error(`${page.source}: the link to ${href} leads nowhere`)
    }),
  )
}

function targetOf(file, locale, targets) {
  // A guide of the other language is meant when it is named; everything else exists in both.
  const own = /^guides\/([^/]+)\//.exec(file)?.[1] ?? locale
  return targets.get(`${own} ${file}`)
}
