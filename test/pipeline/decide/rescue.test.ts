import { afterAll, expect, test } from 'vitest'
import { type Check, fail, pass } from '../../../checks/check.ts'
import { passed } from '../../../filters/passed.ts'
import { quotas } from '../../../filters/quotas.ts'
import { hfRow } from '../../../output/targets/hf.ts'
import { rescueRows, rescues, undoRescue } from '../../../pipeline/decide/rescue.ts'
import { shownDrop } from '../../../schemas/drop.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, type TestRun, tasks, withRun, wordsOf } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Answers with the number of the picture, but knows nothing about the last. */
const teacher = () =>
  scripted(asked => {
    const [, number = ''] = /picture (\d)/.exec(wordsOf(asked)) ?? []
    return number === '4' ? { text: 'I do not know.' } : says(number)
  })

/** Fails the answers named, for the reason `wrong`. */
const check = (name: string, ...answers: string[]): Check => ({
  name,
  version: 1,
  options: { answers },
  measure: async ({ outcome }) =>
    outcome.kind === 'answered' && answers.includes(outcome.answer) ? fail('wrong') : pass(),
})

const config = {
  checks: [check('first', '1', '2'), check('second', '2')],
  filters: [passed('first', 'second')],
}

const before = {
  'width/1': 'passed/first_wrong',
  'width/2': 'passed/first_wrong',
  'width/3': 'kept',
  'width/4': 'synthesize/unsolved_no_answer',
}

const inRun = (work: (run: TestRun) => Promise<void>) =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(4), ...config }, async run => {
    await run.run()
    expect(await run.fates()).toEqual(before)
    await work(run)
  })

test('a rescued row stays, marked, where nothing else is against it, and goes again when that is undone', () =>
  inRun(async run => {
    const all = await run.rows()
    const done = await rescueRows(run.store, each(all), { reason: 'passed/first_wrong' })
    expect(done).toEqual({ rescued: 2, refused: 0 })
    await run.recurate()
    expect(await run.fates()).toEqual({ ...before, 'width/1': 'kept', 'width/2': 'passed/second_wrong' })
    const overruled = [{ stage: 'passed', by: 'first', reason: 'wrong' }]
    const marked = (await run.rows()).filter(({ verdict }) => verdict.rescued)
    expect(marked.map(({ verdict }) => verdict.rescued)).toEqual([overruled, overruled])
    for (const row of await run.rows()) {
      const { provenance } = await hfRow(row, {
        bytes: image => run.store.getBlob(image.sha256),
        kinds: new Map(),
      })
      expect(JSON.parse(String(provenance)).rescued).toEqual(row.verdict.rescued?.map(shownDrop))
    }

    expect(await undoRescue(run.store, { reason: 'first_wrong' })).toBe(2)
    await run.recurate()
    expect(await run.rows()).toEqual(all)
  }))

test('only rows of the tasks named are rescued, and a later reason can be passed over as well', () =>
  inRun(async run => {
    await rescueRows(run.store, each(await run.rows()), { reason: 'first_wrong', tasks: ['width/2'] })
    await run.recurate()
    expect(await run.fates()).toEqual({ ...before, 'width/2': 'passed/second_wrong' })
    await rescueRows(run.store, each(await run.rows()), { reason: 'second_wrong' })
    await run.recurate()
    expect(await run.fates()).toEqual({ ...before, 'width/2': 'kept' })
    expect((await Array.fromAsync(rescues(run.store))).map(({ task }) => task)).toEqual([
      'width/2',
      'width/2',
    ])
  }))

test('what a selector rejects can be rescued too, and the rest is selected as before', () =>
  inRun(async run => {
    const filters = [quotas({ by: 'category', counts: { perception: 1 } })]
    await run.recurate({ filters })
    const kept = async () => (await run.rows()).filter(({ verdict }) => verdict.keep).length
    expect(await kept()).toBe(1)
    await rescueRows(run.store, each(await run.rows()), { reason: 'quotas/quota_full' })
    await run.recurate({ filters })
    expect(await kept()).toBe(3)
  }))

test('what has no answer, and what was dropped for nothing of the kind, is refused in one line', () =>
  inRun(async run => {
    const rows = await run.rows()
    await expect(rescueRows(run.store, each(rows), { reason: 'unsolved_no_answer' })).rejects.toThrow(
      /^--reason unsolved_no_answer: 1 rollouts have no answer or were not checked/,
    )
    await expect(rescueRows(run.store, each(rows), { reason: 'other' })).rejects.toThrow(
      /no row was dropped for that; rows were dropped for: passed\/first_wrong, synthesize\/unsolved_no_answer$/,
    )
    expect(await run.store.count('rescues')).toBe(0)
  }))

async function* each<T>(items: readonly T[]) {
  yield* items
}
