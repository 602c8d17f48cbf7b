import { afterAll, expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { passed } from '../../filters/passed.ts'
import { beginRefresh, endRefresh, generationOf, newestSlot } from '../../pipeline/generation.ts'
import { solveAndDecide } from '../../pipeline/jobs/solve-and-decide.ts'
import { smallJail } from '../small-jail.ts'
import { runs, says, scripted, tasks, withRun } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Measures once, then answers with a number that rises with every answer. */
function rising(changes: { failAt?: number } = {}) {
  let answers = 0
  const teacher = scripted(({ turns }) => {
    if (teacher.asked.length === changes.failAt) throw new Error('the process dies')
    return turns.length === 0 ? runs('print(image_1.size)') : says(`${++answers}`)
  })
  return teacher
}

const given = (rows: Awaited<ReturnType<Parameters<Parameters<typeof withRun>[1]>[0]['rows']>>) =>
  rows
    .map(({ measured }) => measured.trajectory.outcome)
    .map(outcome => (outcome.kind === 'answered' ? Number(outcome.answer) : Number.NaN))
    .toSorted((a, b) => a - b)

test('a refresh asks everything anew, once, and what is there afterwards is the new', () => {
  const teacher = rising()
  return withRun(
    { sandbox, teachers: [teacher], tasks: tasks(2), checks: [answer()], filters: [passed('answer')] },
    async run => {
      await run.run()
      const before = await run.rows()
      expect(given(before)).toEqual([1, 2])
      expect(teacher.asked).toHaveLength(4)
      await run.refresh()
      expect(teacher.asked).toHaveLength(8)
      const after = await run.rows()
      expect(given(after)).toEqual([3, 4])
      expect(after.map(({ measured }) => measured.facts.length)).toEqual([1, 1])
      await run.run()
      await run.recurate()
      expect(given(await run.rows())).toEqual([3, 4])
      expect(teacher.asked).toHaveLength(8)
      await run.refresh()
      expect(given(await run.rows())).toEqual([5, 6])
      expect(await run.store.count('replies')).toBe(12)
    },
  )
})

test.each([
  ['the same command', true],
  ['a plain run', false],
])('a refresh that broke off is gone on with by %s, and asks nothing twice', (_, refresh) => {
  const teacher = rising({ failAt: 10 })
  return withRun({ sandbox, teachers: [teacher], tasks: tasks(3), limits: { concurrency: 1 } }, async run => {
    await run.run()
    expect(teacher.asked).toHaveLength(6)
    await expect(run.refresh()).rejects.toThrow('the process dies')
    expect(teacher.asked).toHaveLength(10)
    await (refresh ? run.refresh() : run.run())
    // Three of the refresh's six were answered.
    expect(teacher.asked).toHaveLength(13)
  })
})

test('where nothing was asked yet there is nothing to refresh', () => {
  const teacher = rising()
  return withRun({ sandbox, teachers: [teacher] }, async run => {
    await run.refresh()
    expect(await generationOf(run.store)).toBe(0)
  })
})

test('generations are counted as numbers', () =>
  withRun({ sandbox, teachers: [rising()] }, async run => {
    await run.run()
    for (let number = 1; number <= 12; number++) {
      await beginRefresh(run.store)
      await beginRefresh(run.store)
      expect(await generationOf(run.store)).toBe(number)
      await endRefresh(run.store)
    }
  }))

/** Run a slot, with everything asked anew; gives how many questions that were. */
const slots =
  (run: Parameters<Parameters<typeof withRun>[1]>[0], teacher: ReturnType<typeof rising>) =>
  async (slot: string, refresh = true) => {
    const before = teacher.asked.length
    await solveAndDecide(await run.open({}, { slot, refresh }))
    return teacher.asked.length - before
  }

test('a slot asks everything anew once, however often it is run', () => {
  const teacher = rising()
  return withRun({ sandbox, teachers: [teacher], tasks: tasks(2) }, async run => {
    const asked = slots(run, teacher)
    const each = ['2026-11-29', '2026-11-29', '2026-11-30', '2026-11-30', '2026-12-01']
    const counts = []
    for (const slot of each) counts.push(await asked(slot))
    expect(counts).toEqual([4, 0, 4, 0, 4])
    expect(await generationOf(run.store)).toBe(2)
    expect(await newestSlot(run.store)).toEqual({ slot: '2026-12-01', generation: 2, refresh: true })
  })
})

test('a slot without a refresh is only noted, and may begin one later', () => {
  const teacher = rising()
  return withRun({ sandbox, teachers: [teacher], tasks: tasks(2) }, async run => {
    const asked = slots(run, teacher)
    expect(await asked('a', false)).toBe(4)
    expect(await asked('b', false)).toBe(0)
    expect(await newestSlot(run.store)).toEqual({ slot: 'b', generation: 0, refresh: false })
    expect(await asked('b')).toBe(4)
    expect(await asked('b')).toBe(0)
  })
})

test('a slot that broke off is gone on with, by itself and by the next one', () => {
  const teacher = rising({ failAt: 4 })
  return withRun({ sandbox, teachers: [teacher], tasks: tasks(3), limits: { concurrency: 1 } }, async run => {
    const asked = slots(run, teacher)
    await expect(asked('1')).rejects.toThrow('the process dies')
    // Three were answered, in the first slot of all, too.
    expect(await asked('2')).toBe(3)
    expect(run.progress).toContainEqual({
      kind: 'note',
      message: 'slot 1 was not finished; going on with what it asked',
    })
    expect(await generationOf(run.store)).toBe(0)
    expect(await asked('3')).toBe(6)
  })
})

test.each([
  ['2026-11-30', '2026-11-29'],
  ['w10', 'w9'],
  ['2026-12-01', '2026-11-30'],
])('after slot %s the earlier slot %s is refused, and nobody is asked', (newest, earlier) => {
  const teacher = rising()
  return withRun({ sandbox, teachers: [teacher] }, async run => {
    const asked = slots(run, teacher)
    await asked(newest)
    await expect(asked(earlier)).rejects.toThrow(
      `--slot ${earlier}: the later slot ${newest} was begun already; give that one, or one after it`,
    )
    expect(teacher.asked).toHaveLength(2)
  })
})
