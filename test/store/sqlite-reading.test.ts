import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { sha256 } from '../../schemas/hash.ts'
import { StoreError } from '../../store/errors.ts'
import { openSqliteStore, readSqliteStore } from '../../store/sqlite.ts'
import { temporaryFolder } from '../fixtures.ts'

/** What a process that sees all files, but can write none, reads in a folder. */
async function readElsewhere(folder: string): Promise<string> {
  const script = `
    import { readSqliteStore } from '${join(import.meta.dirname, '../../store/sqlite.ts')}'
    await using store = await readSqliteStore('${folder}')
    console.log(await store.get('replies', 'a'), await store.count('replies'), String(await store.getBlob('${sha256('x')}')))`
  const child = spawn(
    'bwrap',
    [
      '--ro-bind',
      '/',
      '/',
      '--dev',
      '/dev',
      '--proc',
      '/proc',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return `${out}${err}`.trim()
}

/** Put something in a process that is killed before it closes the store. */
async function killedWriter(folder: string) {
  const script = `
    import { openSqliteStore } from '${join(import.meta.dirname, '../../store/sqlite.ts')}'
    const store = await openSqliteStore('${folder}')
    await store.putBlob(Buffer.from('x'))
    await store.put('replies', 'a', 'kept')
    process.kill(process.pid, 'SIGKILL')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  await once(child, 'close')
}

test('a store on a read-only medium is read, whether it was closed, or its process killed', async () => {
  await using folder = await temporaryFolder()
  await killedWriter(folder.path)
  expect(await readdir(folder.path)).toContain('store.sqlite-wal')
  expect(await readElsewhere(folder.path)).toBe('kept 1 x')
  await rm(join(folder.path, 'store.sqlite-shm'))
  expect(await readElsewhere(folder.path)).toBe('kept 1 x')
  await (await openSqliteStore(folder.path))[Symbol.asyncDispose]()
  expect(await readdir(folder.path)).toEqual(['blobs', 'store.sqlite'])
  expect(await readElsewhere(folder.path)).toBe('kept 1 x')
})

test('a store is read while it is written, and what is put into it then is refused', async () => {
  await using folder = await temporaryFolder()
  await using writing = await openSqliteStore(folder.path)
  await using reading = await readSqliteStore(folder.path)
  await writing.put('turns', 'a', 1)
  expect(await reading.get('turns', 'a')).toBe(1)
  await expect(reading.put('turns', 'b', 2)).rejects.toThrow(StoreError)
  expect(await writing.count('turns')).toBe(1)
})

test('a table that an older kindling did not write is empty', async () => {
  await using folder = await temporaryFolder()
  await (await openSqliteStore(folder.path))[Symbol.asyncDispose]()
  {
    using database = new DatabaseSync(join(folder.path, 'store.sqlite'))
    database.exec('DROP TABLE accepted')
  }
  await using store = await readSqliteStore(folder.path)
  expect([await store.count('accepted'), await store.get('accepted', 'a')]).toEqual([0, undefined])
})

test('what is no store cannot be read', async () => {
  await using folder = await temporaryFolder()
  await expect(readSqliteStore(folder.path)).rejects.toThrow(StoreError)
  await chmod(folder.path, 0o500)
  await expect(readSqliteStore(folder.path)).rejects.toThrow(StoreError)
})
