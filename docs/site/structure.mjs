import { resolve } from 'node:path'

/** The repository, and the folder of the documents in it. */
export const ROOT = resolve(import.meta.dirname, '../..')
export const DOCS = resolve(import.meta.dirname, '..')
/** What VitePress reads: assembled anew for every build. */
export const SOURCE = resolve(DOCS, '.vitepress/cache/source')
export const DIST = resolve(DOCS, 'dist')

/** The languages of the site. The folder of each is its name, here and in the addresses. */
export const LOCALES = ['en', 'zh-CN']

/** The parts of the sidebar, in its order. A guide names its part in its front matter. */
export const SECTIONS = [
  { id: 'start', en: 'Start here', 'zh-CN': '从这里开始' },
  { id: 'build', en: 'Build', 'zh-CN': '开发' },
  { id: 'access', en: 'Keys and access', 'zh-CN': '密钥与授权' },
  { id: 'operate', en: 'Operate', 'zh-CN': '运行与管理' },
  { id: 'more', en: 'More guides', 'zh-CN': '其他指南' },
]

/** Documents that exist once, for both languages: folder or file, and where they stand on the site. */
export const SHARED = [
  { id: 'reference', en: 'Reference', 'zh-CN': '参考资料', from: ['reference'] },
  {
    id: 'maintainers',
    en: 'For maintainers',
    'zh-CN': '平台维护者',
    from: ['ARCHITECTURE.md', 'GLOSSARY.md', 'decisions'],
  },
]
