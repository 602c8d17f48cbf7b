import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { recurate } from '../../../pipeline/jobs/curate.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, type TestRun, tasks, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const teacher = (name = 'scripted') => scripted(() => says('8'), { name })
const config = () => ({
  ...{ sandbox, teachers: [teacher()], tasks: tasks(3) },
  ...{ filters: [], tools: [] },
})

const numbers = ({ folder }: TestRun) => readdir(join(folder, 'exports'))
const shownBy = ({ folder }: TestRun) => readlink(join(folder, 'export'))
const manifestOf = async ({ folder }: TestRun, name: string) =>
  JSON.parse(await readFile(join(folder, 'exports', name, 'manifest.json'), 'utf8'))

test('a refresh, another teacher and other tasks each make the next number, and what was before stays', () =>
  withRun(config(), async run => {
    await run.run()
    const first = await manifestOf(run, '0001')
    await run.refresh()
    await run.run({ teachers: [teacher('other')] })
    await run.run({ teachers: [teacher('other')], tasks: tasks(4) })
    expect(await numbers(run)).toEqual(['0001', '0002', '0003', '0004'])
    expect(await shownBy(run)).toBe('exports/0004')
    expect(await manifestOf(run, '0001')).toEqual(first)
    const chain = await Promise.all(['0001', '0002', '0003', '0004'].map(name => manifestOf(run, name)))
    expect(chain.map(({ before }) => before?.export)).toEqual([undefined, '0001', '0002', '0003'])
  }))

test('only so many of the newest stay as `keepExports` says, also where nothing is new', () =>
  withRun(config(), async run => {
    for (const name of ['a', 'b', 'c', 'd']) await run.run({ teachers: [teacher(name)], keepExports: 3 })
    expect(await numbers(run)).toEqual(['0002', '0003', '0004'])
    await run.run({ teachers: [teacher('d')], keepExports: 1 })
    expect(await numbers(run)).toEqual(['0004'])
  }))

test('an export that the guard refuses is refused until the drift is accepted, and asks nobody again', () =>
  withRun(config(), async run => {
    await run.run()
    const other = teacher()
    const fewer = { teachers: [other], tasks: tasks(1), guard: { maxDrop: 0.5 } }
    for (const _ of ['once', 'again'])
      expect((await run.run(fewer)).refused).toMatchObject({ bound: 'maxDrop', rows: 1, before: 3 })
    expect(await shownBy(run)).toBe('exports/0001')
    expect(await numbers(run)).toEqual(['0001', '0002.refused'])
    const opened = await run.open(fewer, { asks: 'nobody' })
    const accepted = { ...opened, config: { ...opened.config, acceptDrift: true } }
    expect(await recurate(accepted)).not.toHaveProperty('refused')
    expect(await numbers(run)).toEqual(['0001', '0002'])
    expect(await run.run(fewer)).not.toHaveProperty('refused')
    expect(other.asked).toEqual([])
  }))
