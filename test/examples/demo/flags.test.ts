import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import {
  type Country,
  countries,
  lookAlike,
  otherFlag,
  ownFlag,
} from '../../../examples/demo/flags/countries.ts'
import { factbookCorpus, flagCorpus, flags } from '../../../examples/demo/flags.ts'
import { features } from '../../../images/features.ts'
import { sha256 } from '../../../schemas/hash.ts'
import type { TaskDraft } from '../../../tasks/source.ts'
import { temporaryFolder } from '../../fixtures.ts'

const read = async (seed: number, count: number): Promise<TaskDraft[]> =>
  (await Array.fromAsync(flags({ seed, count }).read())).map(row => {
    if ('problem' in row) throw new Error(row.problem)
    return row
  })

let tasks: TaskDraft[]
beforeAll(async () => {
  tasks = await read(1, 140)
})

const bytesOf = (task: TaskDraft) =>
  task.images.map(image => {
    if (!('bytes' in image)) throw new Error('a file name could give the answer away')
    return image.bytes
  })

const meta = (task: TaskDraft) =>
  task.meta as Record<string, string> & { evidence: string[]; values: number[] }
const named = (task: TaskDraft): string[] => {
  const { country, left, right } = meta(task)
  return [country, left, right].filter(name => name !== undefined)
}

test('There are 70 tasks of each category, each with its own question or flag', () => {
  expect(tasks.filter(({ category }) => category === 'search').length).toBe(70)
  expect(tasks.filter(({ category }) => category === 'integration').length).toBe(70)
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(140)
  expect(new Set(tasks.map(task => `${task.meta.kind} ${named(task)}`)).size).toBe(140)
})

test('The seed decides every byte', async () => {
  const digest = (some: TaskDraft[]) =>
    some.map(task => ({
      ...task,
      images: bytesOf(task).map(bytes => sha256(bytes)),
    }))
  expect(digest(await read(1, 16))).toEqual(digest(tasks.slice(0, 16)))
  expect((await read(2, 16)).map(({ question, answer }) => [question, answer])).not.toEqual(
    tasks.slice(0, 16).map(({ question, answer }) => [question, answer]),
  )
})

test('Neither an id nor a question names the country', () => {
  for (const task of tasks) {
    expect(task.id).toMatch(/^flags\/\d{4}$/)
    expect(task.place).toBe(task.id)
    for (const name of named(task)) expect(task.question).not.toContain(name)
  }
})

test('A query picture is never the picture that the search knows', async () => {
  const known = new Set<string>()
  for (const { iso } of await countries()) known.add(await pixels(await ownFlag(iso)))
  for (const task of tasks) {
    for (const bytes of bytesOf(task)) expect(known.has(await pixels(bytes)), task.id).toBe(false)
  }
})

const pixels = async (bytes: Uint8Array) =>
  sha256(await sharp(bytes).resize(64, 48, { fit: 'fill' }).raw().toBuffer())

test('The evidence proves the answer', async () => {
  await using folder = await temporaryFolder()
  const corpus = await factbookCorpus({ path: join(folder.path, 'f.sqlite') })
  for (const task of tasks.filter(({ meta }) => meta.kind === 'density')) {
    const [people = 0, area = 0] = meta(task).values
    expect(Number(task.answer)).toBeCloseTo(people / area, 1)
  }
  for (const task of tasks.filter(({ category }) => category === 'search')) {
    const [evidence = ''] = meta(task).evidence
    const field = evidence.split('/').at(-1)
    const hits = await corpus.search(`${named(task)[0]} ${field}`, 10, new AbortController().signal)
    const text = hits.find(({ id }) => id === evidence)?.snippet.replaceAll(',', '')
    if (text && !text.includes('million')) expect(text).toContain(task.answer.replaceAll(',', ''))
  }
  corpus.close()
})

test('Image search finds nearly every flag that is asked about', async () => {
  await using folder = await temporaryFolder()
  const corpus = await flagCorpus({ path: join(folder.path, 'flags.sqlite') })
  const single = tasks
    .filter(task => bytesOf(task).length === named(task).length && !meta(task).place)
    .slice(0, 60)
  let [found, all] = [0, 0]
  for (const task of single) {
    for (const [index, bytes] of bytesOf(task).entries()) {
      const [best] = await corpus.byImage(bytes, 1, new AbortController().signal)
      all++
      if (best?.title === `Flag of ${named(task)[index]}`) found++
    }
  }
  expect(found / all).toBeGreaterThan(0.9)
  corpus.close()
})

test('No flag that is asked about looks like another one, or like another one’s other drawing', async () => {
  const every = await countries()
  const own = await Promise.all(every.map(async ({ iso }) => features(await ownFlag(iso))))
  const nearest = (query: Float32Array, except?: Country) =>
    every
      .map((country, index) => ({ country, score: dot(query, own[index] ?? query) }))
      .filter(({ country }) => country !== except)
      .reduce((a, b) => (b.score > a.score ? b : a))
  const confused = []
  for (const [index, country] of every.entries()) {
    const other = nearest(await features(await otherFlag(country.iso)))
    const twin = nearest(own[index] ?? new Float32Array(), country)
    if (other.country !== country || twin.score > 0.965) confused.push(country.iso)
  }
  expect(confused.filter(iso => !lookAlike.has(iso))).toEqual([])
})

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

test('More tasks than there are is refused', async () => {
  await expect(read(1, 5000)).rejects.toThrow(/there are \d+ different tasks; ask for no more/)
})
