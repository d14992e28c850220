import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { trimLogs } from './log-file.js'

test('a log that grew too large is set aside, and writing goes on in the same file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openbursar-logs-'))
  try {
    await writeFile(join(folder, 'api.log'), 'x'.repeat(101))
    await writeFile(join(folder, 'worker.log'), 'small')
    await trimLogs(folder, 100)
    await appendFile(join(folder, 'api.log'), 'next')
    expect((await readdir(folder)).sort()).toEqual(['api.log', 'api.log.1', 'worker.log'])
    expect(await readFile(join(folder, 'api.log'), 'utf8')).toBe('next')
    expect(await readFile(join(folder, 'api.log.1'), 'utf8')).toHaveLength(101)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
