import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../../store/sqlite.ts'
import { storeConformance } from '../conformance/store.ts'
import { temporaryFolder } from '../fixtures.ts'

storeConformance(async work => {
  await using folder = await temporaryFolder()
  await work(() => openSqliteStore(folder.path))
})

test('a process killed while it writes loses nothing that was acknowledged', async () => {
  await using folder = await temporaryFolder()
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), folder.path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acknowledged: string[] = []
  for await (const key of createInterface({ input: writer.stdout })) {
    acknowledged.push(key)
    if (acknowledged.length === 300) writer.kill('SIGKILL')
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
  await using store = await openSqliteStore(folder.path)
  expect(acknowledged.length).toBeGreaterThanOrEqual(300)
  for (const key of acknowledged) expect(await store.get('replies', key)).toBe(`value of ${key}`)
})

test('a draft of a blob never stays under its final name or beside it', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const hash = await store.putBlob(Buffer.from('x'))
  await store.putBlob(Buffer.from('x'))
  expect(await readdir(join(folder.path, 'blobs', hash.slice(0, 2)))).toEqual([hash])
})

test('a failed commit fails every write in it and leaves the store usable', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const circular: { self?: unknown } = {}
  circular.self = circular
  const results = await Promise.allSettled([
    store.put('turns', 'good', 1),
    store.put('turns', 'bad', circular),
  ])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await store.get('turns', 'good')).toBeUndefined()
  expect(await store.put('turns', 'good', 1)).toBe(1)
})

test('pictures that are together more than what is kept in memory are read at once', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const pictures = Array.from({ length: 12 }, (_, index) => Buffer.alloc(7 << 20, index))
  const hashes = await Promise.all(pictures.map(store.putBlob))
  const read = await Promise.all(hashes.map(store.getBlob))
  expect(read.map(bytes => [bytes.length, bytes[0]])).toEqual(pictures.map((_, index) => [7 << 20, index]))
})
