import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { StartLock } from './start-lock.js'

describe('the lock of a data folder', () => {
  let folder: string
  let path: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'openbursar-lock-'))
    path = join(folder, 'platform.lock.7')
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('is had by one, who is named to the others, until it is given back', async () => {
    const first = new StartLock(folder)
    expect(await first.take()).toBeNull()
    expect(await new StartLock(folder).take()).toMatchObject({ pid: process.pid })
    await first.release()
    const next = new StartLock(folder)
    expect(await next.take()).toBeNull()
    expect(next.wasAbandoned).toBe(false)
  })

  test('of many who want it at once, one has it', async () => {
    await writeFile(path, JSON.stringify({ pid: await deadPid(), started: '1' }))
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => new StartLock(folder).take()),
    )
    expect(answers.filter((holder) => holder === null)).toHaveLength(1)
    expect(await readdir(folder)).toEqual(['platform.lock.8'])
  })

  test('of a dead process is free, and says that it was left behind', async () => {
    await writeFile(path, JSON.stringify({ pid: await deadPid(), started: '1' }))
    const lock = new StartLock(folder)
    expect(await lock.take()).toBeNull()
    expect(lock.wasAbandoned).toBe(true)
    expect(JSON.parse(await readFile(join(folder, 'platform.lock.8'), 'utf8'))).toMatchObject({
      pid: process.pid,
    })
  })

  test('of a process id that somebody else has by now is free', async () => {
    await writeFile(path, JSON.stringify({ pid: process.pid, started: '1' }))
    expect(await new StartLock(folder).take()).toBeNull()
  })

  test('is free when the file makes no sense', async () => {
    await writeFile(path, '{')
    expect(await new StartLock(folder).take()).toBeNull()
  })

  test('is not taken away by somebody who does not have it', async () => {
    const first = new StartLock(folder)
    await first.take()
    const second = new StartLock(folder)
    await second.take()
    await second.release()
    expect(await readdir(folder)).toEqual(['platform.lock.1'])
  })
})

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}
