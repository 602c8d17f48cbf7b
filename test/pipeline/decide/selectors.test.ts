import { readdir } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { drop, type Filter, keep } from '../../../filters/filter.ts'
import type { Selector } from '../../../filters/selector.ts'
import { notesOf } from '../../../pipeline/decide/decisions.ts'
import { pilot } from '../../../pipeline/jobs/pilot.ts'
import { InputError } from '../../../schemas/input-error.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, tasks, withRun, wordsOf } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Says how wide each picture is, except the third, about which it is silent. */
const teacher = () =>
  scripted(asked => {
    const number = Number(/picture (\d)/.exec(wordsOf(asked))?.[1])
    return number === 3 ? { text: 'I do not know.' } : says(`${number + 7}`)
  })

/** Writes down whom it sees, and drops one. */
function without(id: string, seen: string[]): Filter {
  return {
    name: `without_${id.replace('/', '_')}`,
    version: 1,
    options: {},
    begin: () => row => {
      seen.push(row.trajectory.task.id)
      return row.trajectory.task.id === id ? drop('named') : keep
    },
  }
}

/** The same across rows: rejects one when it has seen all. */
function rejecting(id: string, seen: string[], changes: Partial<Selector> = {}): Selector {
  return {
    name: `rejecting_${id.replace('/', '_')}`,
    version: 1,
    options: {},
    async *select(rows, { table }) {
      table.exec('CREATE TABLE rows (key TEXT, task TEXT)')
      for await (const { trajectory } of rows) {
        seen.push(trajectory.task.id)
        table.prepare('INSERT INTO rows VALUES (?, ?)').run(trajectory.key, trajectory.task.id)
      }
      for (const { key } of table.prepare('SELECT key FROM rows WHERE task = ?').all(id))
        yield { key: String(key), reason: 'named', detail: `it is ${id}` }
    },
    ...changes,
  }
}

test('filters and selectors see what those before them left, and each drop keeps its stage', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(6) }, async run => {
    const [first, second, third, fourth] = [[], [], [], []] as [string[], string[], string[], string[]]
    await run.run({
      filters: [
        without('width/1', first),
        rejecting('width/2', second),
        without('width/4', third),
        rejecting('width/5', fourth),
      ],
    })
    expect(first.sort()).toEqual(['width/1', 'width/2', 'width/4', 'width/5', 'width/6'])
    expect(second.sort()).toEqual(['width/2', 'width/4', 'width/5', 'width/6'])
    expect(third.sort()).toEqual(['width/4', 'width/5', 'width/6'])
    expect(fourth.sort()).toEqual(['width/5', 'width/6'])
    expect(await run.fates()).toEqual({
      'width/1': 'without_width_1/named',
      'width/2': 'rejecting_width_2/named',
      'width/3': 'synthesize/unsolved_no_answer',
      'width/4': 'without_width_4/named',
      'width/5': 'rejecting_width_5/named',
      'width/6': 'kept',
    })
  }))

test('rows come in key order, and deciding again gives the same and leaves nothing behind', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(6) }, async run => {
    const keys: string[] = []
    const selector = rejecting('width/2', [], {
      async *select(rows) {
        for await (const { trajectory } of rows) keys.push(trajectory.key)
        yield* []
      },
    })
    await run.run({ filters: [selector, rejecting('width/2', [])] })
    const once = await run.rows()
    await run.recurate({ filters: [selector, rejecting('width/2', [])] })
    expect(await run.rows()).toEqual(once)
    expect(keys.slice(0, 5)).toEqual(keys.slice(0, 5).toSorted())
    expect(keys.slice(5)).toEqual(keys.slice(0, 5))
    const files = await readdir(run.folder)
    expect(files.filter(name => /deciding|selecting|draft/.test(name))).toEqual([])
  }))

test('a selector that stops reading leaves the rest as the filters before it decide', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(4) }, async run => {
    const seen: string[] = []
    const impatient = rejecting('', [], {
      async *select(rows) {
        for await (const { trajectory } of rows) {
          yield { key: trajectory.key, reason: 'first', detail: 'it came first' }
          return
        }
      },
    })
    await run.run({ filters: [without('width/1', seen), impatient] })
    expect(seen.sort()).toEqual(['width/1', 'width/2', 'width/4'])
    const all = Object.values(await run.fates())
    expect(all.filter(fate => fate === 'kept')).toHaveLength(1)
    expect(all.filter(fate => fate === 'without_width_1/named')).toHaveLength(1)
  }))

test('what a selector needs is looked at before anybody is asked', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(1) }, async run => {
    const asked = teacher()
    const unready = rejecting('', [], {
      ready: () => Promise.reject(new InputError(['benchmark x: no file matches it'])),
    })
    await expect(run.run({ teachers: [asked], filters: [unready] })).rejects.toThrow('no file matches it')
    expect(asked.asked).toEqual([])
  }))

test('notes are kept with the decisions', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(1) }, async run => {
    const noting = rejecting('', [], {
      async *select(_, { note }) {
        note({ about: 'everything', counts: { rows: 1 }, examples: ['width/1'] })
        yield* []
      },
    })
    await run.run({ filters: [noting] })
    expect(await notesOf(run.folder)).toEqual([
      { by: noting.name, about: 'everything', counts: { rows: 1 }, examples: ['width/1'] },
    ])
    await run.recurate({ filters: [] })
    expect(await notesOf(run.folder)).toEqual([])
  }))

test('what was made of bytes is made once, also for a later pass', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(2) }, async run => {
    let made = 0
    const sketching = rejecting('', [], {
      async *select(rows, { bytes, remember }) {
        for await (const { trajectory } of rows)
          for (const image of trajectory.task.images) {
            const make = async () => {
              made++
              return (await bytes(image)).subarray(0, 4)
            }
            for (const _ of [1, 2])
              expect(Buffer.from(await remember('head', image.sha256, make))).toEqual(
                Buffer.from('\x89PNG', 'latin1'),
              )
          }
        yield* []
      },
    })
    await run.run({ filters: [sketching] })
    await run.recurate({ filters: [sketching] })
    expect(made).toBe(2)
  }))

test('a pilot decides with selectors too, about the rows it has', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(2) }, async run => {
    const seen: string[] = []
    const estimate = await pilot(2, await run.open({ filters: [rejecting('width/1', seen)] }))
    expect(seen.sort()).toEqual(['width/1', 'width/2'])
    expect(estimate.kept.estimate).toBe(1)
  }))
