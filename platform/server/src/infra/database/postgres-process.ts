import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemCode } from '../files/system-error.js'

const run = promisify(execFile)

/** A server that is at work on a cluster. */
export interface PostgresProcess {
  readonly pid: number
  readonly port: number
}

/**
 * The server that serves this folder, whoever started it. What `postmaster.pid` says is not enough: it
 * stays behind when a server is killed, and its process id may be somebody else's by now.
 */
export async function findPostgresProcess(
  clusterDir: string,
): Promise<PostgresProcess | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined
  return (await servesFolder(pid, clusterDir)) ? { pid, port: Number(lines[3]) } : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // It is there, and it is not ours.
    return systemCode(error) === 'EPERM'
  }
  return readStatFields(pid)?.[0] !== 'Z'
}

/** When a process started, in ticks since the machine came up; null where the system does not tell. */
export function startOf(pid: number): string | null {
  return readStatFields(pid)?.[19] ?? null
}

/**
 * proc(5), from the third field, the state, on. A killed process whose parent does not ask for it stays
 * a zombie (Z), in a container without an init for ever: it is as good as gone.
 */
function readStatFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name, in parentheses, which may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** A server works in its folder, by whatever name it was given. */
async function servesFolder(pid: number, clusterDir: string): Promise<boolean> {
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null)
  if (folder !== null) return folder === (await realpath(clusterDir))
  const commandLine = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => null)
  return commandLine?.stdout.includes(clusterDir) ?? false
}
