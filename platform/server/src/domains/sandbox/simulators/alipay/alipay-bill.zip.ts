import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipFile {
  /** In the charset of the archive, which for Alipay is GBK: a zip itself doesn't say which. */
  readonly name: Buffer
  readonly content: Buffer
}

const VERSION = 20
const DEFLATED = 8

/** A zip archive (PKWARE APPNOTE 4.3). Libraries at hand write names in UTF-8 only. */
export function writeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const packed = deflateRawSync(file.content)
    const facts = factsOf(file, packed)
    const local = Buffer.concat([header(0x04034b50, [VERSION]), facts, file.name, packed])
    const central = Buffer.concat([
      header(0x02014b50, [VERSION, VERSION]),
      facts,
      centralRest(offset),
      file.name,
    ])
    parts.push(local)
    directory.push(central)
    offset += local.length
  }
  const index = Buffer.concat(directory)
  return Buffer.concat([...parts, index, end(files.length, index.length, offset)])
}

/** What stands the same in both headers: flags to the lengths of name and extra field. */
function factsOf({ name, content }: ZipFile, packed: Buffer): Buffer {
  const facts = Buffer.alloc(24)
  facts.writeUInt16LE(DEFLATED, 2)
  facts.writeUInt32LE(crc32(content), 8)
  facts.writeUInt32LE(packed.length, 12)
  facts.writeUInt32LE(content.length, 16)
  facts.writeUInt16LE(name.length, 20)
  return facts
}

function header(signature: number, words: readonly number[]): Buffer {
  const buffer = Buffer.alloc(4 + words.length * 2)
  buffer.writeUInt32LE(signature, 0)
  for (const [index, word] of words.entries()) buffer.writeUInt16LE(word, 4 + index * 2)
  return buffer
}

/** Comment length to the offset of the local header. */
function centralRest(offset: number): Buffer {
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(offset, 10)
  return rest
}

function end(count: number, indexBytes: number, indexOffset: number): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(indexBytes, 12)
  record.writeUInt32LE(indexOffset, 16)
  return record
}
