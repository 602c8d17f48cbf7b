import { deflateRawSync, zstdCompressSync } from 'node:zlib'

/** How a member is packed: as it is, by deflate, by Zstandard, or by that in two frames. */
const packed = {
  stored: [0, (bytes: Buffer) => bytes],
  deflate: [8, (bytes: Buffer) => deflateRawSync(bytes)],
  zstd: [93, (bytes: Buffer) => zstdCompressSync(bytes)],
  frames: [
    93,
    (bytes: Buffer) =>
      Buffer.concat([bytes.subarray(0, 20), bytes.subarray(20)].map(part => zstdCompressSync(part))),
  ],
  unknown: [12, (bytes: Buffer) => bytes],
} satisfies Record<string, [number, (bytes: Buffer) => Buffer]>

export type Packing = keyof typeof packed

/** A zip file of these members, as Python's zipfile lays it out; sums are not written. */
export function zipOf(members: readonly [name: string, text: string][], packing: Packing): Buffer {
  const [method, pack] = packed[packing]
  const files: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [name, text] of members) {
    const bytes = pack(Buffer.from(text))
    const head = Buffer.alloc(30)
    head.writeUInt32LE(0x04034b50, 0)
    head.writeUInt16LE(method, 8)
    head.writeUInt32LE(bytes.length, 18)
    head.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(bytes.length, 20)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(at, 42)
    entries.push(entry, Buffer.from(name))
    files.push(head, Buffer.from(name), bytes)
    at += head.length + name.length + bytes.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...files, directory, end])
}
