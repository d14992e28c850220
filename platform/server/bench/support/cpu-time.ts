import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second. */
const TICK_MS = 10

/** CPU milliseconds of one process so far; null where the system does not say (not Linux). */
export function cpuTimeOf(pid: number): number | null {
  const fields = statOf(pid)
  return fields && ownTime(fields)
}

/** The same for a process and all its children: PostgreSQL is one process per connection. */
export function cpuTimeOfFamily(parent: number): number | null {
  const own = statOf(parent)
  if (!own) return null
  // Fields 16 and 17: what children that have ended took.
  let total = ownTime(own) + (Number(own[13]) + Number(own[14])) * TICK_MS
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue
    const fields = statOf(Number(name))
    if (fields && Number(fields[1]) === parent) total += ownTime(fields)
  }
  return total
}

/** The fields of /proc/PID/stat from the third on (proc(5)): what comes before may contain spaces. */
function statOf(pid: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** Fields 14 and 15: user and system time. */
function ownTime(fields: readonly string[]): number {
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
