// The files of a zip archive, as AWS Lambda would unpack them.
import { inflateRawSync } from 'node:zlib'

/** Answers the contents by name, found by the central directory at the archive's end (no ZIP64, no encryption). */
export function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06'))
  let entry = archive.readUInt32LE(end + 16)
  const files = new Map<string, Buffer>()
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const short = (offset: number): number => archive.readUInt16LE(entry + offset)
    const name = archive.toString('utf8', entry + 46, entry + 46 + short(28))
    files.set(name, contentAt(archive, archive.readUInt32LE(entry + 42), short(10), archive.readUInt32LE(entry + 20)))
    entry += 46 + short(28) + short(30) + short(32)
  }
  return files
}

const DEFLATED = 8

function contentAt(archive: Buffer, header: number, method: number, size: number): Buffer {
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28)
  const bytes = archive.subarray(start, start + size)
  return method === DEFLATED ? inflateRawSync(bytes) : bytes
}
