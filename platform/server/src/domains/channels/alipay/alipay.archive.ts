import { Readable } from 'node:stream'
import { createInflateRaw } from 'node:zlib'

const END_SIGNATURE = 0x06054b50
const DIRECTORY_SIGNATURE = 0x02014b50
const FILE_SIGNATURE = 0x04034b50
const END_BYTES = 22
/** The end record may be followed by a comment of at most this length. */
const COMMENT_BYTES_MAX = 0xffff
const METHOD_STORED = 0
const METHOD_DEFLATED = 8

/** One file of a zip archive, as its central directory describes it. */
export interface ArchiveEntry {
  /** As stored: which charset it is in, a zip doesn't say. */
  readonly name: Buffer
  readonly crc32: number
  readonly size: number
  readonly content: () => Readable
}

/**
 * The files of a zip archive (PKWARE APPNOTE 4.3). Libraries at hand don't compare the CRC-32, which
 * is all that proves a statement whole; so sizes and checksum are handed on, and the reader compares.
 * Null when it isn't such an archive.
 */
export function readArchive(zip: Buffer): ArchiveEntry[] | null {
  try {
    const end = findEnd(zip)
    if (end === null) return null
    const entries: ArchiveEntry[] = []
    let at = zip.readUInt32LE(end + 16)
    for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
      if (zip.readUInt32LE(at) !== DIRECTORY_SIGNATURE) return null
      const nameBytes = zip.readUInt16LE(at + 28)
      const entry = readEntry(zip, at, nameBytes)
      if (!entry) return null
      entries.push(entry)
      at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
    }
    return entries
  } catch (error) {
    // A position outside the archive: it was cut, or is none.
    if (error instanceof RangeError) return null
    throw error
  }
}

function findEnd(zip: Buffer): number | null {
  const last = zip.length - END_BYTES
  for (let at = last; at >= Math.max(0, last - COMMENT_BYTES_MAX); at -= 1) {
    if (zip.readUInt32LE(at) === END_SIGNATURE) return at
  }
  return null
}

function readEntry(zip: Buffer, at: number, nameBytes: number): ArchiveEntry | null {
  const method = zip.readUInt16LE(at + 10)
  const compressedBytes = zip.readUInt32LE(at + 20)
  const file = zip.readUInt32LE(at + 42)
  if (zip.readUInt32LE(file) !== FILE_SIGNATURE) return null
  const start = file + 30 + zip.readUInt16LE(file + 26) + zip.readUInt16LE(file + 28)
  const compressed = zip.subarray(start, start + compressedBytes)
  if (compressed.length !== compressedBytes) return null
  if (method !== METHOD_STORED && method !== METHOD_DEFLATED) return null
  return {
    name: zip.subarray(at + 46, at + 46 + nameBytes),
    crc32: zip.readUInt32LE(at + 16),
    size: zip.readUInt32LE(at + 24),
    content: () => {
      const bytes = Readable.from(pieces(compressed), { objectMode: false })
      if (method === METHOD_STORED) return bytes
      const inflate = createInflateRaw()
      bytes.on('error', (error) => inflate.destroy(error))
      return bytes.pipe(inflate)
    },
  }
}

const PIECE_BYTES = 64 * 1024

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}
