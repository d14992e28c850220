import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { logFile } from './platform.js'
import { PassingError, until } from './step.js'

const TIMEOUT_MS = 60_000

/** The registration system in a process of its own, as a department would run it. */
export async function startExampleApp(cleanUp, folder, app) {
  const port = await freePort()
  const log = logFile('registration-system.log')
  const output = openSync(log, 'a')
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      PUBLIC_URL: `http://localhost:${port}`,
      STORE_FILE: join(folder, 'store.json'),
      BURSAR_API_BASE: app.api_base,
      BURSAR_KEY_ID: app.key_id,
      BURSAR_PRIVATE_KEY: app.private_key,
    },
    detached: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  cleanUp.add(() => stop(child))
  const example = new ExampleApp(`http://localhost:${port}`, log)
  await until('the registration system to serve', () => example.page('/'), {
    look: log,
    patienceMs: TIMEOUT_MS,
  })
  return example
}

/** What a browser would do. */
class ExampleApp {
  constructor(url, log) {
    this.url = url
    this.log = log
  }

  async page(path) {
    const { text } = await this.#ask(path)
    return text
  }

  async enrolment(id) {
    const { text } = await this.#ask(`/enrolments/${id}.json`)
    return JSON.parse(text)
  }

  /** Submits a form. Answers where it leads to, and the page when it leads nowhere. */
  submit(path, fields = {}) {
    return this.#ask(path, { method: 'POST', body: new URLSearchParams(fields) })
  }

  async #ask(path, init = {}) {
    const response = await fetch(`${this.url}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { 'accept-language': 'zh-CN' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const text = await response.text()
    const { status } = response
    if (status >= 400 && status !== 503) throw new Error(`${path} answers ${status}: ${text}`)
    if (status === 503 && !init.method) throw new PassingError(`${path} answers 503`)
    return { location: response.headers.get('location'), text }
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  await exited
}

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => found(port))
    })
  })
}
