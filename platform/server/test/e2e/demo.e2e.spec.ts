import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { z } from 'zod'

const ROOT = resolve(import.meta.dirname, '../../../..')
const TIMEOUT_MS = 400_000
const PlatformFile = z.object({ pid: z.number(), api_base: z.string() })

/** A child process with all it has written so far. */
class Run {
  output = ''
  readonly ended: Promise<number | null>

  constructor(readonly child: ChildProcess) {
    const collect = (chunk: unknown) => {
      this.output += String(chunk)
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    this.ended = new Promise((resolveEnd) => child.once('exit', (code) => resolveEnd(code)))
  }

  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended before "${text}":\n${this.output}`)
      await sleep(20)
    }
  }
}

describe('npm run demo', () => {
  let dataDir = ''
  let environment: NodeJS.ProcessEnv = {}
  let runs: Run[] = []

  /** The scripts that npm start and npm run demo name, with a platform of their own. */
  function launch(script: 'start' | 'demo'): Run {
    const file = join(ROOT, `platform/tools/${script}.mjs`)
    const run = new Run(spawn(process.execPath, [file], { cwd: ROOT, env: environment }))
    runs.push(run)
    return run
  }

  async function platform() {
    return PlatformFile.parse(JSON.parse(await readFile(join(dataDir, 'platform.json'), 'utf8')))
  }

  async function isServing(): Promise<boolean> {
    const { api_base } = await platform()
    return fetch(`${api_base}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  }

  /** kill -9 of the supervisor: its roles notice and go, PostgreSQL stays and is adopted. */
  async function kill(): Promise<void> {
    process.kill((await platform()).pid, 'SIGKILL')
  }

  beforeEach(async () => {
    runs = []
    dataDir = await mkdtemp(join(tmpdir(), 'openbursar-demo-e2e-'))
    const [port, simulatorPort] = await freePorts()
    const { DATABASE_URL: _, MASTER_KEY: __, NODE_OPTIONS: ___, ...inherited } = process.env
    environment = {
      ...inherited,
      DATA_DIR: dataDir,
      PORT: String(port),
      SIMULATOR_PORT: String(simulatorPort),
    }
  })

  afterEach(async () => {
    // Last started, first stopped: a demo before its platform. A platform that was killed has no process.
    for (const { child, ended } of runs.reverse()) {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
    }
    await stopPostgres(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  }, TIMEOUT_MS)

  test(
    'starts a platform, tells the whole story twice, and stops what it started',
    async () => {
      for (const _ of [1, 2]) {
        const demo = launch('demo')
        const code = await demo.ended
        expect({ code, output: demo.output }).toMatchObject({
          code: 0,
          output: expect.stringContaining('the books balance'),
        })
      }
      await expect(platform()).rejects.toMatchObject({ code: 'ENOENT' })
      expect(await serverPid(dataDir)).toBeNull()
    },
    TIMEOUT_MS,
  )

  // Before the payer pays, while the webhook about it is on its way, and while the refund is.
  test.each([['sent to the cashier'], ['the cashier says paid'], ['student withdraws']])(
    'survives kill -9 of the whole platform after "%s", and loses nothing',
    async (moment) => {
      const first = launch('start')
      await first.says('OpenBursar is ready')
      const demo = launch('demo')
      await demo.says(moment)
      await kill()
      await first.ended
      const second = launch('start')
      const code = await demo.ended
      expect({ code, output: demo.output, platform: second.output }).toMatchObject({
        code: 0,
        output: expect.stringContaining('the books balance'),
      })
      expect(await isServing()).toBe(true)
    },
    TIMEOUT_MS,
  )
})

/** The embedded PostgreSQL's process, when it still runs. */
async function serverPid(dataDir: string): Promise<number | null> {
  const file = join(dataDir, 'postgres/postmaster.pid')
  const [line] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
  return line ? Number(line) : null
}

/** Normally its platform has stopped it; a test that failed half-way may have left it behind. */
async function stopPostgres(dataDir: string): Promise<void> {
  const pid = await serverPid(dataDir)
  if (pid === null) return
  process.kill(pid, 'SIGINT')
  while ((await serverPid(dataDir)) !== null) await sleep(50)
}

/** Held open together, so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const probes = [createServer(), createServer()]
  const ports = await Promise.all(
    probes.map(
      (probe) =>
        new Promise<number>((found) => {
          probe.listen(0, '127.0.0.1', () => {
            const address = probe.address()
            found(address && typeof address === 'object' ? address.port : 0)
          })
        }),
    ),
  )
  for (const probe of probes) probe.close()
  const [port = 0, simulatorPort = 0] = ports
  return [port, simulatorPort]
}
