import { expect, test } from 'vitest'
import type { Problem, TaskDraft, TaskSource } from '../../tasks/source.ts'

/** A source of at least two good tasks, in the order of `ids`, and one whose second row is not a task. */
export interface TaskSourceCase {
  good: TaskSource
  ids: string[]
  broken: TaskSource
}

/** What every task source must do. A new one is done when this passes. */
export function taskSourceConformance(
  withCase: (test: (sources: TaskSourceCase) => Promise<void>) => Promise<void>,
) {
  const source = (title: string, work: (sources: TaskSourceCase) => Promise<void>) =>
    test(title, () => withCase(work))
  const read = (from: TaskSource): Promise<(TaskDraft | Problem)[]> => Array.fromAsync(from.read())

  source('reads the tasks in order', async ({ good, ids }) => {
    expect((await read(good)).map(entry => ('id' in entry ? entry.id : entry.problem))).toEqual(ids)
  })

  source('reads the same again, also at the same time', async ({ good }) => {
    const [one, two] = await Promise.all([read(good), read(good)])
    expect(two).toEqual(one)
    expect(await read(good)).toEqual(one)
  })

  source('can be left after the first task', async ({ good, ids }) => {
    for await (const entry of good.read()) {
      expect(entry).toMatchObject({ id: ids[0] })
      break
    }
    expect(await read(good)).toHaveLength(ids.length)
  })

  source('names a place of its own for every task and every image', async ({ good, ids }) => {
    const drafts = (await read(good)).filter(entry => 'images' in entry)
    expect(new Set(drafts.map(draft => draft.place)).size).toBe(ids.length)
    for (const { place, images } of drafts) {
      for (const image of images) expect(image.place.startsWith(place)).toBe(true)
    }
  })

  source('names the place and the fault of a row that is no task, and reads on', async ({ broken }) => {
    const entries = await read(broken)
    const problems = entries.filter(entry => 'problem' in entry)
    expect(entries.findIndex(entry => 'problem' in entry)).toBe(1)
    expect('id' in (entries.at(-1) ?? {})).toBe(true)
    for (const { place, problem } of problems) {
      expect(place).toMatch(/2$/)
      expect(problem).toMatch(/^[^\n]+; [^\n]+$/)
    }
  })

  source('says what it is in plain data, without what it read', async ({ good, ids }) => {
    expect(good.name).not.toBe('')
    expect(JSON.parse(JSON.stringify(good.options))).toEqual(good.options)
    for (const id of ids) expect(JSON.stringify(good.options)).not.toContain(id)
  })
}
