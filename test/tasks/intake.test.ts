import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InputError } from '../../schemas/input-error.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { intake, type Watch } from '../../tasks/intake.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import { taskList } from '../../tasks/task-list.ts'
import { png, temporaryFolder } from '../fixtures.ts'
import { fields, folderWithImage, refusal, row, source, takeIn } from './files.ts'

const rows = (count: number) => Array.from({ length: count }, (_, index) => row({ id: `row ${index}` }))

/** A folder with a task file and an open store. */
async function workplace(content: unknown[]) {
  const folder = await folderWithImage()
  const store = await openSqliteStore(join(folder.path, 'store'))
  const write = (items: unknown[]) => folder.lines('tasks.jsonl', items)
  const tasks = [jsonl(await write(content), { fields, source })]
  const ids = async (fingerprint: string) =>
    (await Array.fromAsync(taskList(store, fingerprint))).map(task => task.id)
  const dispose = async () => {
    await store[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  }
  return { folder, store, tasks, write, ids, [Symbol.asyncDispose]: dispose }
}

/** A store that counts what is put into it and fails from the put numbered `limit` on. */
function counting(store: Store, limit = Number.POSITIVE_INFINITY) {
  const seen = { puts: 0, blobs: 0 }
  const counted: Store = {
    ...store,
    async put(table, key, value) {
      seen.puts += 1
      if (seen.puts >= limit) throw new Error('no space left on device')
      return store.put(table, key, value)
    },
    async putBlob(bytes) {
      seen.blobs += 1
      return store.putBlob(bytes)
    },
  }
  return { counted, seen }
}

test('tasks are given back whole and in order, over many pages', async () => {
  await using place = await workplace(rows(600))
  const { count, fingerprint } = await intake(place.tasks, place.store)
  expect(count).toBe(600)
  expect(await place.ids(fingerprint)).toEqual(rows(600).map(item => item.id))
  const [task] = await Array.fromAsync(taskList(place.store, fingerprint))
  const bytes = await readFile(join(place.folder.path, 'a.png'))
  expect(task).toEqual({
    id: 'row 0',
    question: 'Which colour?',
    images: [expect.objectContaining({ mime: 'image/png', width: 8, height: 6 })],
    choices: null,
    answer: 'red',
    answerType: 'text',
    tolerance: null,
    category: 'default',
    source,
    meta: {},
    origin: { file: join(place.folder.path, 'tasks.jsonl'), row: 1 },
  })
  expect(await place.store.getBlob(task?.images[0]?.sha256 ?? '')).toEqual(bytes)
})

test('the same tasks have the same fingerprint; more, fewer, changed or moved ones have another', async () => {
  await using place = await workplace(rows(3))
  const { fingerprint } = await intake(place.tasks, place.store)
  const [a, b, c] = rows(3)
  const again = async (items: unknown[]) => {
    await place.write(items)
    return (await intake(place.tasks, place.store)).fingerprint
  }
  const others = [
    await again(rows(4)),
    await again([a, b]),
    await again([b, a, c]),
    await again([a, b, row()]),
  ]
  expect(new Set([fingerprint, ...others]).size).toBe(5)
  expect(await again(rows(3))).toBe(fingerprint)
  expect(await place.ids(others[2] ?? '')).toEqual(['row 1', 'row 0', 'row 2'])
  expect(await place.ids(fingerprint)).toEqual(['row 0', 'row 1', 'row 2'])
})

test('a task that is in many lists is kept once', async () => {
  await using place = await workplace(rows(300))
  const count = async () =>
    (await Array.fromAsync(place.store.scan('tasks'))).filter(({ key }) => !key.startsWith('known')).length
  await intake(place.tasks, place.store)
  expect(await count()).toBe(300 + 2 + 1)
  await place.write(rows(301))
  await intake(place.tasks, place.store)
  // With a second list, which extension brought each id, and two extensions.
  expect(await count()).toBe(301 + 2 * (2 + 1) + 301 + 2)
})

test('a second intake decodes and stores nothing', async () => {
  await using place = await workplace(rows(20))
  const first = await intake(place.tasks, place.store)
  const { counted, seen } = counting(place.store)
  expect(await intake(place.tasks, counted)).toEqual(first)
  expect(seen).toEqual({ puts: 0, blobs: 0 })
})

test('a refused intake leaves no task behind and changes no later one', async () => {
  await using place = await workplace([...rows(400), row({ question: '' })])
  await expect(intake(place.tasks, place.store)).rejects.toThrow(InputError)
  expect(await place.store.count('tasks')).toBe(0)
  await place.write(rows(400))
  const { fingerprint } = await intake(place.tasks, place.store)
  expect(await takeIn(place.tasks)).toMatchObject({ fingerprint })
})

test('an intake that broke off is no list, and is finished by the next', async () => {
  await using place = await workplace(rows(600))
  const { counted, seen } = counting(place.store)
  const { fingerprint } = await takeIn(place.tasks)
  const half = counting(place.store, 500)
  await expect(intake(place.tasks, half.counted)).rejects.toThrow('no space left on device')
  await expect(place.ids(fingerprint)).rejects.toThrow(/holds no whole task list/)
  await intake(place.tasks, counted)
  expect(seen.puts).toBeGreaterThan(0)
  expect(await place.ids(fingerprint)).toEqual(rows(600).map(item => item.id))
})

test('images that take longer than those after them do not change the order', async () => {
  await using folder = await folderWithImage()
  await folder.write('large.png', await png(4000, 4000))
  const items = rows(12).map((item, index) => ({ ...item, image: index % 4 === 0 ? 'large.png' : 'a.png' }))
  const { tasks } = await takeIn([jsonl(await folder.lines('tasks.jsonl', items), { fields, source })])
  expect(tasks.map(task => task.id)).toEqual(items.map(item => item.id))
})

test('sources are taken in one after the other', async () => {
  await using folder = await folderWithImage()
  const names = ['b', 'a']
  const sources = await Promise.all(
    names.map(async name => {
      const file = await folder.lines(`${name}.jsonl`, [row({ id: name })])
      return jsonl(file, { fields, source: { ...source, name } })
    }),
  )
  const { tasks } = await takeIn(sources)
  expect(tasks.map(task => [task.id, task.source.name])).toEqual([
    ['b', 'b'],
    ['a', 'a'],
  ])
})

test('an intake that is called off stops and leaves no task behind', async () => {
  await using place = await workplace(rows(50))
  let seen = 0
  const callOff: Watch = async function* (rows) {
    for await (const row of rows) {
      if (++seen === 3) throw new Error('called off')
      yield row
    }
  }
  await expect(intake(place.tasks, place.store, callOff)).rejects.toThrow('called off')
  expect(await place.store.count('tasks')).toBe(0)
})

test("a user's own source is held to the same schema", async () => {
  await using folder = await temporaryFolder()
  const draft: TaskDraft = {
    place: 'table:1',
    id: 'one',
    question: 'Which?',
    images: [{ place: 'table:1: image', bytes: await png() }],
    choices: null,
    answer: 'red',
    answerType: 'text',
    tolerance: 3,
    category: 'default',
    source,
    meta: {},
  }
  const own: TaskSource = {
    name: 'own',
    options: {},
    async *read() {
      yield draft
    },
  }
  const [line] = await refusal([own], folder.path)
  expect(line).toMatch(/^table:1: tolerance: must be <= 1/)
})
