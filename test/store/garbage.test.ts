import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { unnamedBlobs } from '../../store/garbage.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { tables } from '../../store/store.ts'
import { temporaryFolder } from '../fixtures.ts'

const hash = sha256('a picture')

/** Where a hash may stand, as a key and what is kept under it. */
const places: [what: string, key: string, value: unknown][] = [
  ['in a value, however deep', 'key', { parts: [{ image: { sha256: hash } }] }],
  ['within a text', 'key', { file: `images/${hash}.png` }],
  ['within a text of JSON', 'key', JSON.stringify(JSON.stringify({ sha256: hash }))],
  ['after other digits', 'key', `0${hash}f`],
  ['as a name in an object', 'key', { [hash]: 1 }],
  ['in a key', `alike/${hash}`, true],
]

test.each(places)('what any table names %s is kept, and only that', async (_, key, value) => {
  for (const table of tables) {
    await using folder = await temporaryFolder()
    await using store = await openSqliteStore(folder.path)
    await store.putBlob(Buffer.from('a picture'))
    const other = await store.putBlob(Buffer.from('another'))
    await store.put(table, key, value)
    const named = [table, await unnamedBlobs(folder.path, store)]
    expect(named).toEqual([table, [join(folder.path, 'blobs', other.slice(0, 2), other)]])
  }
})

test.each<[name: string, ours: boolean]>([
  [sha256('x'), true],
  [`${sha256('x')}.0c1f-22.draft`, true],
  ['notes.txt', false],
  [`${sha256('x')}.png`, false],
  [`${sha256('x')}0`, false],
  ['.nfs0001', false],
])('whether %s is what a writer makes there: %s', async (name, ours) => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const path = join(folder.path, 'blobs/aa', name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  expect(await unnamedBlobs(folder.path, store)).toEqual(ours ? [path] : [])
})
