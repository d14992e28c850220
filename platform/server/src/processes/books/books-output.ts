import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'

/** Writes text piece by piece and waits whenever the reader is slower than we are. */
export type WriteText = (text: string) => Promise<void>

/** Lets `work` write a file that appears under its name only when it is whole. */
export async function toFile<T>(path: string, work: (write: WriteText) => Promise<T>): Promise<T> {
  const draft = `${path}.${process.pid}.draft`
  const stream = createWriteStream(draft, { flags: 'wx' })
  try {
    const result = await work(writerOf(stream))
    stream.end()
    await finished(stream)
    await rename(draft, path)
    return result
  } catch (error) {
    stream.destroy()
    await rm(draft, { force: true })
    throw error
  }
}

export function toStandardOutput<T>(work: (write: WriteText) => Promise<T>): Promise<T> {
  return work(writerOf(process.stdout))
}

function writerOf(stream: NodeJS.WritableStream): WriteText {
  let failure: Error | undefined
  stream.on('error', (error) => {
    failure = error
  })
  return async (text) => {
    if (failure) throw failure
    if (!stream.write(text)) await once(stream, 'drain')
  }
}
