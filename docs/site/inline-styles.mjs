import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Styles that the highlighter wanted inline, by the class that stands for each. */
const rules = new Map()

/**
 * The platform's policy refuses style attributes, as it should: what could be written into one by a document
 * could hide or cover what the page says. So each becomes a class, and the classes a style sheet.
 */
export const CLASSES_FOR_STYLES = { name: 'classes-for-styles', postprocess: classesFor }

/** The same for the columns of tables. */
export function alignByClass(markdown) {
  for (const rule of ['th_open', 'td_open']) {
    markdown.renderer.rules[rule] = (tokens, index, options, _, renderer) => {
      const token = tokens[index]
      const align = /text-align:(\w+)/.exec(token.attrGet('style') ?? '')?.[1]
      token.attrs = align ? [['class', `align-${align}`]] : null
      return renderer.renderToken(tokens, index, options)
    }
  }
}

function classesFor(html) {
  return html.replaceAll(
    /<(\w+)([^>]*?) style="([^"]*)"([^>]*)>/g,
    (_, tag, before, style, after) => {
      const name = `c-${createHash('sha256').update(style).digest('hex').slice(0, 6)}`
      rules.set(name, style)
      const rest = `${before}${after}`
      const withClass = / class="/.test(rest)
        ? rest.replace(' class="', ` class="${name} `)
        : ` class="${name}"${rest}`
      return `<${tag}${withClass}>`
    },
  )
}

/** Called at the end of a build, by the same copy of this module that saw the pages. */
export function writeStyleSheet({ outDir }) {
  const text = [...rules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, style]) => `.${name}{${style}}\n`)
    .join('')
  writeFileSync(join(outDir, 'code.css'), text)
}
