import { createServer } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { freePort, freePorts } from './free-port.js'

const listen = (port: number, host: string) =>
  new Promise<() => void>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => resolve(() => server.close()))
  })

describe('a free port', () => {
  test('can be listened on, and is none that an outgoing connection may be given', async () => {
    const port = await freePort()
    const close = await listen(port, '127.0.0.1')
    close()
    expect(port).toBeLessThan(32_768)
  })

  test('is another one each time, when several are asked for', async () => {
    expect(new Set(await freePorts(50)).size).toBe(50)
  })
})
