import { afterAll, expect, test } from 'vitest'
import { type Check, fail, pass } from '../../../checks/check.ts'
import { drop, type Filter, keep } from '../../../filters/filter.ts'
import { passed } from '../../../filters/passed.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, tasks, withRun, wordsOf } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const picture = (words: string) => Number(/picture (\d)/.exec(words)?.[1])

/** Right about every picture except the second, silent about the third, broken at the fourth. */
const teacher = () =>
  scripted(asked => {
    const number = picture(wordsOf(asked))
    if (number === 4) throw new TeacherError('overloaded', { fatal: false })
    return number === 3
      ? { text: 'I \u001b[2J do\nnot   know.' }
      : says(number === 2 ? 'wrong' : `${number + 7}`)
  })

/** Counts whom it measured. */
function rightCheck(changes: Partial<Check> = {}): Check & { measured: string[] } {
  const measured: string[] = []
  return {
    name: 'right',
    version: 1,
    options: {},
    measured,
    async measure({ task, outcome }) {
      measured.push(task.id)
      const right = outcome.kind === 'answered' && outcome.answer === task.answer
      return right ? pass() : fail('wrong_answer', 'it is another')
    },
    ...changes,
  }
}

test('every answered trajectory is measured once, and again only by another version or other options', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(4) }, async run => {
    const check = rightCheck()
    await run.run({ checks: [check] })
    expect(check.measured.toSorted()).toEqual(['width/1', 'width/2'])
    await run.run({ checks: [check] })
    expect(check.measured).toHaveLength(2)
    const others = [rightCheck({ version: 2 }), rightCheck({ options: { strict: true } })]
    for (const other of others) {
      await run.recurate({ checks: [other] })
      expect(other.measured.toSorted()).toEqual(['width/1', 'width/2'])
    }
    await run.recurate({ checks: [check] })
    expect(check.measured).toHaveLength(2)
    expect(await run.store.count('facts')).toBe(6)
  }))

test('verification counts what it had measured before', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(2), checks: [rightCheck()] }, async run => {
    await run.run()
    await run.recurate()
    expect(run.progress.findLast(each => each.kind === 'done' && each.stage === 'verify')).toEqual({
      kind: 'done',
      stage: 'verify',
      done: 2,
      already: 2,
      failed: 0,
      total: 2,
      usd: null,
    })
  }))

test('decisions are in key order, name stage and reason, and carry the facts', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(4) }, async run => {
    const { summary } = await run.run({ checks: [rightCheck()], filters: [passed('right')] })
    const rows = await run.rows()
    const keys = rows.map(({ measured }) => measured.trajectory.key)
    expect(keys).toEqual(keys.toSorted())
    const fates = rows.map(({ measured, verdict }) => [measured.trajectory.task.id, verdict])
    expect(Object.fromEntries(fates)).toEqual({
      'width/1': { keep: true },
      'width/2': {
        keep: false,
        stage: 'passed',
        by: 'right',
        reason: 'wrong_answer',
        detail: 'it is another',
        undecided: false,
      },
      'width/3': {
        keep: false,
        stage: 'synthesize',
        by: 'synthesize',
        reason: 'unsolved_no_answer',
        detail: 'I \u001b[2J do not know.',
        undecided: false,
      },
      'width/4': {
        keep: false,
        stage: 'synthesize',
        by: 'synthesize',
        reason: 'failed_teacher',
        detail: 'overloaded',
        undecided: true,
      },
    })
    expect(rows.map(({ measured }) => measured.facts.length).toSorted()).toEqual([0, 0, 1, 1])
    expect(summary).toMatchObject({ rows: 4, kept: 1 })
  }))

test('deciding again asks nobody, and begins every filter anew', () => {
  const first: Filter = {
    name: 'first',
    version: 1,
    options: {},
    begin() {
      let seen = 0
      return () => (seen++ === 0 ? keep : drop('not_first'))
    },
  }
  return withRun({ sandbox, teachers: [teacher()], tasks: tasks(3) }, async run => {
    await run.run()
    const mute = scripted(() => {
      throw new Error('it was asked')
    })
    for (let pass = 0; pass < 2; pass++) {
      const { summary } = await run.recurate({ teachers: [mute], filters: [first] })
      expect(summary).toMatchObject({ rows: 3, kept: 1 })
    }
    expect(mute.asked).toEqual([])
  })
})

test('what no filter has been asked about yet cannot be exported', async () => {
  await withRun({ sandbox, teachers: [teacher()] }, async run => {
    await expect(run.rows()).rejects.toThrow(/has no decisions yet; run it/)
  })
})

test('a check that breaks ends the run with its own error, and the rest is kept', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(2) }, async run => {
    const broken = rightCheck({ measure: () => Promise.reject(new Error('the check broke')) })
    await expect(run.run({ checks: [broken] })).rejects.toThrow('the check broke')
    const check = rightCheck()
    await run.run({ checks: [check] })
    expect(check.measured).toHaveLength(2)
  }))

test('checks share one Python for reading code, and it goes when they are done', () => {
  let open = 0
  let opened = 0
  const counting = {
    ...sandbox,
    async open(...options: Parameters<typeof sandbox.open>) {
      const session = await sandbox.open(...options)
      open++
      opened++
      return {
        exec: session.exec,
        async [Symbol.asyncDispose]() {
          open--
          await session[Symbol.asyncDispose]()
        },
      }
    },
  }
  const reading = rightCheck({
    async measure({ task }, context) {
      const { result } = await (await context.analysis()).exec(`'${task.id}'`)
      return pass(result ?? '')
    },
  })
  return withRun({ sandbox: counting, teachers: [teacher()], tasks: tasks(2), tools: [] }, async run => {
    await run.run({ checks: [reading] })
    const rows = await run.rows()
    const details = rows.map(({ measured }) => measured.facts[0]?.detail)
    expect(details.toSorted()).toEqual(["'width/1'", "'width/2'"])
    expect({ open, opened }).toEqual({ open: 0, opened: 1 })
  })
})
