import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below those that outgoing connections are given, so that a port is still free when its server is started again. */
const PORT_MIN = 20_000
const PORT_MAX = 29_999

/** A port of this machine that nobody listens on now. Somebody else may be faster to take it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORT_MIN, PORT_MAX + 1)
    if (await isFree(port)) return port
  }
}

/** So many, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}

/** On every address: a server of one address is in the way as well. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    probe.listen(port, () => probe.close(() => resolve(true)))
  })
}
