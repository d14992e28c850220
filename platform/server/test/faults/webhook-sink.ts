import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

interface Received {
  readonly id: string
  readonly type: string
  readonly object_id: string
  /** Whose it is, as the load wrote it into the metadata. */
  readonly owner: string | null
  readonly atMs: number
}

/** An app's server for webhooks. It can be told to hang: then it takes everything and answers nothing. */
export class WebhookSink {
  readonly events = new Map<string, Received>()
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => this.take(Buffer.concat(chunks).toString(), response))
  })
  private isHanging = false
  private waiting: ServerResponse[] = []

  async open(): Promise<string> {
    this.server.listen(0, 'localhost')
    await once(this.server, 'listening')
    const address = this.server.address()
    if (!address || typeof address === 'string') throw new Error('the receiver has no port')
    return `http://localhost:${address.port}/webhooks`
  }

  hang(): void {
    this.isHanging = true
  }

  goOn(): void {
    this.isHanging = false
    for (const response of this.waiting) response.destroy()
    this.waiting = []
  }

  /** Whether an event of this type about this object has arrived. */
  has(type: string, objectId: string): boolean {
    return this.idsOf(type, objectId).length > 0
  }

  /** More than one: the same thing was told under two ids. */
  idsOf(type: string, objectId: string): string[] {
    return (this.byObject.get(`${type} ${objectId}`) ?? []).map(({ id }) => id)
  }

  close(): void {
    this.server.closeAllConnections()
    this.server.close()
  }

  private readonly byObject = new Map<string, Received[]>()

  private take(body: string, response: ServerResponse): void {
    if (this.isHanging) {
      this.waiting.push(response)
      return
    }
    const event = JSON.parse(body)
    const { object } = event.data
    if (!this.events.has(event.id)) {
      const received: Received = {
        id: event.id,
        type: event.type,
        object_id: object.id,
        owner: object.metadata?.owner ?? null,
        atMs: Date.now(),
      }
      this.events.set(received.id, received)
      const key = `${received.type} ${received.object_id}`
      this.byObject.set(key, [...(this.byObject.get(key) ?? []), received])
    }
    response.writeHead(204).end()
  }
}
