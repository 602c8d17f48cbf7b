import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { jsonl } from '../../tasks/jsonl.ts'
import { parquet } from '../../tasks/parquet.ts'
import { fields, folderWithImage, refusal, row, source } from './files.ts'

const line = `${JSON.stringify(row())}\n`
const table = Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'id', data: ['one'], type: 'STRING' }] }))
const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(
    parts.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )
const padded = (head: Buffer) => Buffer.concat([head, Buffer.alloc(600)])
const rows = 'write its rows as Parquet or JSON Lines, as with pandas or DuckDB'

/** What programs write: the first bytes are copied from their formats' specifications. */
const others: [title: string, content: Buffer, said: string][] = [
  [
    'a pointer of Git LFS',
    Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n'),
    'is a pointer of Git LFS; run `git lfs pull`',
  ],
  ['a page of HTML', Buffer.from('\n<!DOCTYPE html>\n<html>'), 'is a page of HTML; fetch the file itself'],
  [
    'a page of HTML without a type',
    Buffer.from('\ufeff<HTML><body>'),
    'is a page of HTML; fetch the file itself',
  ],
  [
    'an error of object storage',
    Buffer.from('<?xml version="1.0"?><Error/>'),
    'is XML; fetch the file itself',
  ],
  ['zstd', zstdCompressSync(line), 'is zstd; unpack it, as with `zstd -d`'],
  ['bzip2', bytes('BZh91AY&SY'), 'is bzip2; unpack it, as with `bunzip2`'],
  ['xz', bytes([0xfd], '7zXZ', [0]), 'is xz; unpack it, as with `unxz`'],
  ['LZ4', bytes([4, 0x22, 0x4d, 0x18]), 'is LZ4; unpack it, as with `unlz4`'],
  ['7z', bytes('7z', [0xbc, 0xaf, 0x27, 0x1c]), 'is 7z; unpack it, as with `7z x`'],
  ['zip', padded(bytes('PK', [3, 4], 'x'.repeat(26), 'tasks.jsonl')), 'is zip; unpack it, as with `unzip`'],
  [
    'an Excel workbook',
    padded(bytes('PK', [3, 4], 'x'.repeat(26), '[Content_Types].xml')),
    'is an Excel workbook; save it as CSV, and convert that with pandas or DuckDB',
  ],
  [
    'an older Excel workbook',
    padded(bytes([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])),
    'is an Excel workbook; save it as CSV, and convert that with pandas or DuckDB',
  ],
  [
    'a tar archive',
    padded(Buffer.concat([Buffer.alloc(257, 'a.png\0'), bytes('ustar', [0], '00')])),
    `is a tar archive; unpack it, as with \`tar -xf\`, and ${rows}`,
  ],
  ['Arrow', bytes('ARROW1', [0, 0]), `is Arrow (Feather); ${rows}`],
  ['a stream of Arrow', bytes([0xff, 0xff, 0xff, 0xff, 0x78, 0, 0, 0]), `is Arrow (Feather); ${rows}`],
  ['Feather', bytes('FEA1'), `is Arrow (Feather); ${rows}`],
  ['ORC', bytes('ORC'), `is ORC; ${rows}`],
  ['Avro', bytes('Obj', [1]), `is Avro; ${rows}`],
  ['SQLite', bytes('SQLite format 3', [0]), `is a SQLite database; ${rows}`],
  ['a pickle', bytes([0x80, 4, 0x95]), `is a pickle of Python; ${rows}`],
  ['HDF5', bytes([0x89], 'HDF\r\n'), `is HDF5; ${rows}`],
  ['NumPy', bytes([0x93], 'NUMPY'), `is NumPy; ${rows}`],
  ['PDF', bytes('%PDF-1.7'), `is PDF; ${rows}`],
  [
    'UTF-16',
    Buffer.from(`\ufeff${line}`, 'utf16le'),
    'is UTF-16; convert it, as with `iconv -f UTF-16 -t UTF-8`',
  ],
  [
    'UTF-16 of the other order',
    Buffer.from(`\ufeff${line}`, 'utf16le').swap16(),
    'is UTF-16; convert it, as with `iconv -f UTF-16 -t UTF-8`',
  ],
  [
    'UTF-16 without a mark',
    Buffer.from(line, 'utf16le'),
    'is UTF-16; convert it, as with `iconv -f UTF-16 -t UTF-8`',
  ],
  ['CSV', Buffer.from('id,question\n1,"Which, of all?"\n'), `is CSV; ${rows}`],
  ['CSV with quotes', Buffer.from('"id","question"\r\n"1","Which?"\r\n'), `is CSV; ${rows}`],
  ['TSV', Buffer.from('id\tquestion\n1\tWhich, of all?\n'), `is TSV; ${rows}`],
  [
    'encrypted Parquet',
    bytes('PARE', [0x15, 4], 'PARE'),
    'is encrypted Parquet; write it anew without encryption',
  ],
]

test.each(others)('%s is named, whatever it is read as', async (_, content, said) => {
  await using folder = await folderWithImage()
  const file = await folder.write('tasks', content)
  for (const read of [jsonl, parquet])
    expect(await refusal([read(file, { fields, source })], folder.path)).toEqual([`tasks: ${said}`])
  const packed = await folder.write('packed', gzipSync(content))
  expect(await refusal([jsonl(packed, { fields, source })], folder.path)).toEqual([`packed: ${said}`])
})

test('Parquet and JSON are sent to the reader that reads them', async () => {
  await using folder = await folderWithImage()
  const rowsOfJson = await folder.write('tasks.parquet', line)
  const listOfJson = await folder.write('list.parquet', `\ufeff [${line}]`)
  const packed = await folder.write('packed.parquet', gzipSync(line))
  const parquets = await folder.write('tasks.jsonl', table)
  const said = [
    parquet([rowsOfJson, listOfJson, packed], { fields, source }),
    jsonl(parquets, { fields, source }),
  ]
  expect(await refusal(said, folder.path)).toEqual([
    "tasks.parquet: is JSON; read it with jsonl('…')",
    "list.parquet: is JSON; read it with jsonl('…')",
    'packed.parquet: is gzip; unpack it, as with `gunzip`',
    "tasks.jsonl: is Parquet; read it with parquet('…')",
  ])
})

test('lines of words with commas are not taken for a table where rows follow', async () => {
  await using folder = await folderWithImage()
  const file = await folder.write('tasks.jsonl', `made by hand, by us\n${line}`)
  expect(await refusal([jsonl(file, { fields, source })], folder.path)).toEqual([
    expect.stringMatching(/^tasks\.jsonl:1: is not JSON /),
  ])
})
