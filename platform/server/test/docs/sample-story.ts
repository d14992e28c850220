import { execFile } from 'node:child_process'
import { access, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bursarCommand, platformSettings } from '../support/bursar-command.js'
import { type Language, placeOf, ROOT, type Sample } from './samples.js'

/** What a reader has in the folder of the repository. */
const REPOSITORY = [
  ...['package.json', 'node_modules', 'platform', 'sdk', 'examples', 'openapi', 'docs'],
  'README.md',
]
const TIMEOUT_MS = 240_000

/** How a file of a language is run, and how one sees that it can be. */
export const RUNNERS: Readonly<
  Partial<Record<Language, { readonly ending: string; readonly command: readonly string[] }>>
> = {
  python: { ending: 'py', command: ['python3'] },
  php: { ending: 'php', command: ['php'] },
  go: { ending: 'go', command: ['go', 'run'] },
  java: { ending: 'java', command: ['java'] },
}

/** What every program of a guide begins with; the page of the first payment shows it. */
export const BEGINNING = `import { readFileSync } from 'node:fs'
import { Bursar } from '@openbursar/sdk'

const app = JSON.parse(readFileSync('app.json', 'utf8'))
const bursar = new Bursar({ keyId: app.key_id, privateKey: app.private_key, baseUrl: app.api_base })
`

export const hasBeginning = (text: string) => /^import \{[^}]*\bBursar\b[^}]*\} from/m.test(text)

/** Does what a reader does: block after block, in one folder. Returns what was printed. */
export async function runStory(samples: readonly Sample[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'openbursar-sample-'))
  try {
    await Promise.all(REPOSITORY.map((name) => symlink(join(ROOT, name), join(folder, name))))
    return await new Story(folder).run(samples)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class Story {
  private printed = ''
  /** JavaScript goes on from block to block, as one program. */
  private program: string[] = []
  private programs = 0

  constructor(private readonly folder: string) {}

  async run(samples: readonly Sample[]): Promise<string> {
    for (const sample of samples) {
      try {
        await this.step(sample)
      } catch (error) {
        throw new Error(`${placeOf(sample)}: ${error instanceof Error ? error.message : error}`)
      }
    }
    await this.endProgram()
    return this.printed
  }

  private async step(sample: Sample): Promise<void> {
    const text = here(sample.text)
    const file = sample.options.get('file')
    if (file) {
      await writeFile(join(this.folder, file), text)
      return
    }
    if (['js', 'mjs', 'ts'].includes(sample.language)) {
      this.program.push(text)
      return
    }
    await this.endProgram()
    if (sample.language === 'sh') {
      await this.execute('bash', ['-euo', 'pipefail', '-c', text])
      return
    }
    const runner = RUNNERS[sample.language]
    if (!runner) throw new Error(`${sample.language} cannot be run`)
    const name = `sample.${runner.ending}`
    await writeFile(join(this.folder, name), text)
    const [command = '', ...args] = runner.command
    await this.execute(command, [...args, name])
  }

  private async endProgram(): Promise<void> {
    if (this.program.length === 0) return
    const text = this.program.join('\n')
    this.program = []
    this.programs += 1
    const name = `program-${this.programs}.mts`
    await this.haveApp()
    await writeFile(join(this.folder, name), hasBeginning(text) ? text : `${BEGINNING}\n${text}`)
    await this.execute('node', ['--no-warnings', name])
  }

  /** A page that does not make an app supposes that the reader has one. */
  private async haveApp(): Promise<void> {
    const path = join(this.folder, 'app.json')
    const isThere = await access(path).then(
      () => true,
      () => false,
    )
    if (isThere) return
    const app = await bursarCommand<object>('sandbox', 'create-app', '--json')
    await writeFile(path, JSON.stringify(app))
  }

  private execute(command: string, args: readonly string[]): Promise<void> {
    const { NODE_OPTIONS: _, NODE_ENV: __, ...inherited } = process.env
    const path = `${join(ROOT, 'node_modules/.bin')}:${inherited.PATH}`
    const env = { ...inherited, ...platformSettings(), PATH: path }
    const options = { cwd: this.folder, env, timeout: TIMEOUT_MS }
    return new Promise((resolve, reject) => {
      execFile(command, [...args], options, (error, stdout, stderr) => {
        this.printed += stdout
        if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`))
        else resolve()
      })
    })
  }
}

/** Guides speak of the ports that `npm start` takes; the platform of the tests has others. */
function here(text: string): string {
  const { PORT, SIMULATOR_PORT } = platformSettings()
  return text
    .replaceAll('localhost:3000', `localhost:${PORT}`)
    .replaceAll('localhost:3100', `localhost:${SIMULATOR_PORT}`)
}
