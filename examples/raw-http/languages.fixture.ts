import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const here = import.meta.dirname

/** What compilers make and keep; not in the repository, and still there at the next run. */
const cache = join(tmpdir(), 'openbursar-raw-http')

/** One of the languages in this folder: what it needs, and how its two programs are started. */
export interface Language {
  readonly name: string
  /** Each is run to see whether it is there; the arguments make it end at once. */
  readonly needs: readonly (readonly [command: string, ...args: string[]])[]
  readonly build?: readonly [command: string, ...args: string[]]
  readonly createPayment: readonly [command: string, ...args: string[]]
  readonly vectors: readonly [command: string, ...args: string[]]
  /** Algorithms it signs with; the others are told as not run. */
  readonly algorithms: readonly string[]
}

const WITHOUT_SM2 = ['ed25519', 'ecdsa-p256-sha256', 'rsa-pss-sha512', 'rsa-v1_5-sha256']

/** For programs that end before a JVM has warmed up. */
const JVM = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

export const LANGUAGES: readonly Language[] = [
  {
    name: 'bash',
    needs: [
      ['bash', '--version'],
      ['curl', '--version'],
      ['openssl', 'version'],
    ],
    createPayment: ['bash', join(here, 'bash/create-payment.sh')],
    vectors: ['bash', join(here, 'bash/vectors.sh')],
    algorithms: [...WITHOUT_SM2, 'sm2-sm3'],
  },
  {
    name: 'python',
    needs: [
      ['python3', '--version'],
      ['python3', '-c', 'import cryptography'],
    ],
    createPayment: ['python3', join(here, 'python/create_payment.py')],
    vectors: ['python3', join(here, 'python/vectors.py')],
    algorithms: WITHOUT_SM2,
  },
  {
    name: 'php',
    needs: [
      ['php', '-r', 'exit(extension_loaded("openssl") && extension_loaded("sodium") ? 0 : 1);'],
    ],
    createPayment: ['php', join(here, 'php/create_payment.php')],
    vectors: ['php', join(here, 'php/vectors.php')],
    algorithms: ['ed25519', 'ecdsa-p256-sha256', 'rsa-v1_5-sha256'],
  },
  {
    name: 'go',
    needs: [['go', 'version']],
    build: ['go', 'build', '-C', join(here, 'go'), '-o', join(cache, 'go/raw-http'), '.'],
    createPayment: [join(cache, 'go/raw-http')],
    vectors: [join(cache, 'go/raw-http'), 'vectors'],
    algorithms: WITHOUT_SM2,
  },
  {
    name: 'java',
    needs: [
      ['javac', '-version'],
      ['java', '-version'],
    ],
    build: [
      ...(['javac', '-encoding', 'UTF-8', '-d', join(cache, 'java')] as const),
      ...['Signing', 'Json', 'CreatePayment', 'Vectors'].map((name) =>
        join(here, `java/${name}.java`),
      ),
    ],
    createPayment: ['java', ...JVM, '-cp', join(cache, 'java'), 'CreatePayment'],
    vectors: ['java', ...JVM, '-cp', join(cache, 'java'), 'Vectors'],
    algorithms: WITHOUT_SM2,
  },
]

/** Why this language cannot run here; undefined when it can. */
export async function whyNotHere(language: Language): Promise<string | undefined> {
  for (const [command, ...args] of language.needs) {
    try {
      await run(command, args)
    } catch {
      return `${[command, ...args].join(' ')} does not succeed here`
    }
  }
  return undefined
}

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one of a language's programs to its end, whatever that is. */
export function runProgram(
  [command, ...first]: readonly [command: string, ...args: string[]],
  args: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { NODE_OPTIONS: _, ...inherited } = process.env
  const env = {
    ...inherited,
    CGO_ENABLED: '0',
    GOCACHE: join(cache, 'go-cache'),
    PYTHONPYCACHEPREFIX: join(cache, 'python'),
    ...settings,
  }
  return new Promise((resolve) => {
    execFile(command, [...first, ...args], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 255)
      resolve({ code, stdout, stderr })
    })
  })
}
