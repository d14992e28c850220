import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { renderChangelog } from './changelog.js'
import { VERSIONS } from './versions.js'

const FILE = join(import.meta.dirname, '../../../../docs/reference/api-changelog.md')

test('the published changelog is what the versions say; `npm run generate` writes it', async () => {
  expect(await readFile(FILE, 'utf8')).toBe(renderChangelog(VERSIONS))
})
