import { createHash } from 'node:crypto'
import { close, closeSync, openSync, read, write } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip } from 'node:zlib'

/** Some ten million rows. More than this is no bill but an attack on the disk. */
const BYTES_MAX = 4 * 1024 ** 3

const READ_BYTES = 64 * 1024

const [readAsync, writeAsync, closeAsync] = [promisify(read), promisify(write), promisify(close)]
/** A statement that nobody reads to its end must not stay on the disk for ever. */
const forgotten = new FinalizationRegistry<number>((fd) => closeSync(fd))

/**
 * A bill while it is read. It must be whole and its hash compared before a line of it is believed, and a
 * large day fits no memory; so it lies on the disk without a name, and is gone when it is closed.
 */
export class StatementFile {
  /** Of what was saved, after decompression. */
  sha1 = ''
  private isOpen = true

  private constructor(private readonly fd: number) {
    forgotten.register(this, fd, this)
  }

  static async open(): Promise<StatementFile> {
    const folder = await mkdtemp(join(tmpdir(), 'openbursar-bill-'))
    try {
      return new StatementFile(openSync(join(folder, 'bill'), 'wx+', 0o600))
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  async save(compressed: AsyncIterable<Uint8Array>): Promise<void> {
    const hash = createHash('sha1')
    let size = 0
    await pipeline(compressed, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (size + chunk.length > BYTES_MAX) throw new RangeError('the bill has no end')
        hash.update(chunk)
        await this.write(chunk, size)
        size += chunk.length
      }
    })
    this.sha1 = hash.digest('hex')
  }

  /** Bytes as characters, so that a line that is no UTF-8 spoils no other. */
  async *lines(): AsyncGenerator<string> {
    let rest = ''
    for (let position = 0; ; ) {
      if (!this.isOpen) throw new Error('the bill was given back to the disk')
      const { buffer, bytesRead } = await readAsync(
        this.fd,
        Buffer.alloc(READ_BYTES),
        0,
        READ_BYTES,
        position,
      )
      if (bytesRead === 0) break
      position += bytesRead
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield line.replace(/\r$/, '')
    }
    if (rest !== '') yield rest
  }

  private async write(chunk: Buffer, position: number): Promise<void> {
    for (let done = 0; done < chunk.length; ) {
      const left = chunk.length - done
      const { bytesWritten } = await writeAsync(this.fd, chunk, done, left, position + done)
      done += bytesWritten
    }
  }

  async close(): Promise<void> {
    if (!this.isOpen) return
    this.isOpen = false
    forgotten.unregister(this)
    await closeAsync(this.fd)
  }
}
