import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { LOCALES } from './structure.mjs'
import { WORDS } from './words.mjs'

const HERE = join(import.meta.dirname, 'api')
/** The package exports its modules and not this file, so the way to it begins at one of them. */
const SCALAR = join(
  dirname(createRequire(import.meta.url).resolve('@scalar/api-reference')),
  'browser/standalone.js',
)

/**
 * The API reference, a page of its own in each language: its program is as large as the rest of the site.
 * `__NONCE__` is what the platform replaces on every request: the program adds style sheets while it runs,
 * and only with it may they be used.
 */
export function writeApiPages(folder) {
  mkdirSync(join(folder, 'api'), { recursive: true })
  copyFileSync(SCALAR, join(folder, 'api/scalar.js'))
  for (const name of ['nonce.js', 'start.js', 'page.css'])
    copyFileSync(join(HERE, name), join(folder, 'api', name))
  const template = readFileSync(join(HERE, 'page.template'), 'utf8')
  for (const locale of LOCALES) {
    const other = LOCALES.find((one) => one !== locale)
    const values = {
      locale,
      other,
      title: `${WORDS[locale].api} · OpenBursar`,
      api: WORDS[locale].api,
      guides: WORDS[locale].guides,
      errors: WORDS[locale].errors,
      otherLanguage: WORDS[other].language,
      noScript: WORDS[locale].noScript,
    }
    const html = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name])
    writeFileSync(join(folder, locale, 'api.html'), html)
  }
}
