import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { ERROR_CODES } from '../../src/processes/error-catalogue.js'
import { listDocuments, ROOT, readSamples } from './samples.js'

const guidesOf = (locale: string) =>
  listDocuments()
    .filter((path) => path.startsWith(`docs/guides/${locale}/`))
    .map((path) => basename(path))

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** Levels and number of headings, and shapes of tables: what a translation keeps. */
function shapeOf(path: string) {
  const prose = read(path).replaceAll(/^\s*(`{3,})[\s\S]*?^\s*\1$/gm, '')
  return {
    headings: prose.split('\n').flatMap((line) => /^(#+) /.exec(line)?.[1] ?? []),
    rows: prose.split('\n').filter((line) => line.startsWith('|')).length,
    // A text has its own words, and the same code; comments and strings are words.
    samples: readSamples(path).map(({ language, options, text }) => [
      language,
      [...options],
      text.split('\n').filter((line) => !/^\s*(\/\/|\/\*\*|#)/.test(line)).length,
    ]),
  }
}

describe('the guides', () => {
  test('are the same in both languages', () => {
    expect(guidesOf('zh-CN')).toEqual(guidesOf('en'))
  })

  test.each(guidesOf('en'))('%s has the same headings, tables and code in both', (name) => {
    expect(shapeOf(`docs/guides/zh-CN/${name}`)).toEqual(shapeOf(`docs/guides/en/${name}`))
  })

  test('are Chinese where they say so', () => {
    for (const name of guidesOf('zh-CN')) {
      expect([name, /[\u4e00-\u9fff]{4}/.test(read(`docs/guides/zh-CN/${name}`))]).toEqual([
        name,
        true,
      ])
      expect([
        name,
        /[\u4e00-\u9fff]{4}/.test(withoutNames(read(`docs/guides/en/${name}`))),
      ]).toEqual([name, false])
    }
  })
})

/** English guides may name a Chinese term beside its English one. */
const withoutNames = (text: string) =>
  text.replaceAll(/[(（][\u4e00-\u9fff、 ]+[)）]/g, '').replaceAll(/`[^`\n]*`/g, '')

describe('the texts of the error codes', () => {
  const codesIn = (locale: string) =>
    [...read(`docs/errors/${locale}.md`).matchAll(/^## (\w+)$/gm)].map(([, code]) => code)

  test.each(['en', 'zh-CN'])('are there for every code of the platform: %s', (locale) => {
    expect(ERROR_CODES.filter((code) => !codesIn(locale).includes(code))).toEqual([])
  })

  test('are of the same codes in both languages, in the order of the alphabet', () => {
    expect(codesIn('zh-CN')).toEqual(codesIn('en'))
    expect(codesIn('en')).toEqual([...codesIn('en')].sort())
  })

  test('stand on pages that know the status of every code', () => {
    const { errors } = JSON.parse(read('openapi/errors.json')) as {
      errors: { code: string; status: number }[]
    }
    expect(errors.map(({ code }) => code)).toEqual(ERROR_CODES)
  })
})

describe('the contract', () => {
  test('is beside the list of errors that it speaks of', () => {
    expect(existsSync(join(ROOT, 'openapi/errors.json'))).toBe(true)
    const codes = parse(read('openapi/v1.yaml')).components.schemas.ErrorCode?.enum
    if (codes) expect([...codes].sort()).toEqual(ERROR_CODES)
  })
})
