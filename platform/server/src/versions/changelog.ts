import type { ApiVersion } from './version-change.js'

const LANGUAGES = [
  ['zh-CN', '中文', '首个版本。'],
  ['en', 'English', 'The first version.'],
] as const

const HEAD = `<!-- Generated from platform/server/src/versions by \`npm run generate\`. Do not edit. -->

# API changelog · API 变更记录

Dated versions that changed something an older program would notice. An app stays on the version it was created with; \`Bursar-Version\` asks for another one on a single
request. Events and webhooks speak the app's own version. Additions are not listed: they break nobody.

应用固定使用其创建时的版本；\`Bursar-Version\` 请求头可在单次请求中指定其他版本。事件与 Webhook 始终使用应用自己的版本。仅新增内容不列出。
`

/** docs/reference/api-changelog.md, newest version first. */
export function renderChangelog(versions: readonly ApiVersion[]): string {
  return [HEAD, ...[...versions].reverse().map(sectionOf)].join('\n')
}

function sectionOf({ date, changes }: ApiVersion): string {
  const lists = LANGUAGES.map(([language, name, first]) => {
    const lines = changes.map(({ description }) => `- ${description[language]}`)
    return `**${name}**\n\n${lines.length > 0 ? lines.join('\n') : `- ${first}`}\n`
  })
  return [`## ${date}\n`, ...lists].join('\n')
}
