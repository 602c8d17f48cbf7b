import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Check, couldNotTell, fail, pass } from '../../checks/check.ts'
import { printFlips } from '../../cli/flips.ts'
import { passed } from '../../filters/passed.ts'
import type { Config } from '../../pipeline/config.ts'
import { decisionsPath } from '../../pipeline/decide/decisions.ts'
import { comparedRows, flipCounter } from '../../pipeline/jobs/flips.ts'
import { smallJail } from '../small-jail.ts'
import { says, scripted, type TestRun, tasks, withRun, wordsOf } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Answers with the number of the picture. */
const teacher = () => scripted(asked => says(/picture (\d)/.exec(wordsOf(asked))?.[1] ?? ''))

function check(name: string, wrong: string[], changes: Partial<Check> = {}): Check {
  return {
    name,
    version: 1,
    options: { wrong },
    measure: async ({ outcome }) =>
      outcome.kind === 'answered' && wrong.includes(outcome.answer) ? fail('wrong') : pass(),
    ...changes,
  }
}

const config = { checks: [check('known', ['1', '2'])], filters: [passed('known')] }

async function flipsOf(run: TestRun, changes: Partial<Config>, against?: string) {
  const counter = flipCounter()
  for await (const each of comparedRows(await run.open(changes, { asks: 'nobody' }), against))
    counter.add(each)
  return counter.counts()
}

test('verdicts that a changed check changes are listed by what changed, and nothing is written', async () => {
  const asked = teacher()
  await withRun({ sandbox, teachers: [asked], tasks: tasks(4), ...config }, async run => {
    await run.run()
    const decided = await readFile(decisionsPath(run.folder))
    expect(await flipsOf(run, {})).toEqual({ same: 4, new: 0, gone: 0, flips: [], unknown: [] })

    const newer = await flipsOf(run, { checks: [check('known', ['2', '3'], { version: 2 })] })
    expect(newer).toMatchObject({ same: 2, unknown: [] })
    const passing = (version: number) => ({ version, reason: '' })
    const failing = (version: number) => ({ version, reason: 'wrong' })
    expect(newer.flips.toSorted((a, b) => (a.from < b.from ? -1 : 1))).toEqual([
      {
        from: 'kept',
        to: 'passed/known_wrong',
        because: [{ check: 'known', before: passing(1), now: failing(2) }],
        count: 1,
        examples: ['width/3'],
      },
      {
        from: 'passed/known_wrong',
        to: 'kept',
        because: [{ check: 'known', before: failing(1), now: passing(2) }],
        count: 1,
        examples: ['width/1'],
      },
    ])
    expect(printFlips(newer)).toBe(
      [
        '2 of 4 rows are decided otherwise:',
        '\nkept, now dropped',
        '  kept → passed/known_wrong  1  known@1→2: passed → wrong  width/3',
        '\ndropped, now kept',
        '  passed/known_wrong → kept  1  known@1→2: wrong → passed  width/1',
      ].join('\n'),
    )

    const options = await flipsOf(run, { checks: [check('known', ['2'])] })
    expect(printFlips(options)).toContain('known@1 with other options or code: wrong → passed')
    expect(printFlips(await flipsOf(run, { filters: [] }))).toMatch(
      /kept {2}2 {2}filters {2}width\/\d width\/\d$/,
    )
    expect(await readFile(decisionsPath(run.folder))).toEqual(decided)
    expect(asked.asked).toHaveLength(4)
  })
})

test('a check that would have to ask a model is not known, and asks none', async () => {
  const model = scripted(() => says('yes'), { name: 'model' })
  const paid = check('paid', [], {
    models: [model],
    measure: async ({ question }, { models, signal }) => {
      await models.ask(model, { system: 'Is it?', question, sample: 0 }, signal)
      return pass()
    },
  })
  await withRun({ sandbox, teachers: [teacher()], tasks: tasks(3), ...config }, async run => {
    await run.run()
    const counts = await flipsOf(run, {
      checks: [...config.checks, paid],
      filters: [passed('known', 'paid')],
    })
    expect(counts).toMatchObject({ same: 2, flips: [], unknown: [{ to: 'passed/unchecked', count: 1 }] })
    expect(printFlips(counts)).toMatch(/^0 of 3 rows are decided otherwise\n\nnot known: a check has to ask/)
    expect(model.asked).toHaveLength(0)
  })
})

test('a check that can no longer tell is named so, and its row is dropped for the cause', async () => {
  const lost = { ...check('known', []), version: 2, measure: async () => couldNotTell('no_record') }
  await withRun(
    { sandbox, teachers: [teacher()], tasks: tasks(1), ...config, checks: [check('known', [])] },
    async run => {
      await run.run()
      const counts = await flipsOf(run, { checks: [lost] })
      expect(counts.flips).toMatchObject([
        {
          to: 'passed/known_no_record',
          because: [{ now: { version: 2, reason: 'no_record', couldNotTell: true } }],
        },
      ])
      expect(printFlips(counts)).toContain('known@1→2: passed → could not tell: no_record')
    },
  )
})

test('rows that come or go with the tasks are counted and are no flips', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(3), ...config }, async run => {
    await run.run()
    expect(await flipsOf(run, { tasks: tasks(2) })).toMatchObject({ same: 2, gone: 1, new: 0, flips: [] })
    await run.run({ tasks: tasks(2) })
    expect(await flipsOf(run, {})).toMatchObject({ same: 2, gone: 0, new: 1, flips: [] })
  }))

test('what is compared with has to be decisions, or the line that is none is named', () =>
  withRun({ sandbox, teachers: [teacher()], tasks: tasks(1), ...config }, async run => {
    await run.run()
    const aside = join(run.folder, 'aside.jsonl')
    const against = () =>
      run.open({}, { asks: 'nobody' }).then(opened => Array.fromAsync(comparedRows(opened, aside)))
    const decided = await readFile(decisionsPath(run.folder), 'utf8')
    await writeFile(aside, decided)
    expect(await against()).toEqual([{ kind: 'same' }])
    for (const odd of ['{}', 'half a li']) {
      await writeFile(aside, `${decided}${odd}\n`)
      await expect(against()).rejects.toThrow(`${aside}:2: this is no line of a decisions.jsonl`)
    }
  }))

/** Answers with the number of the picture, and each time that it is asked about the second one with another. */
function changing() {
  let asked = 0
  return scripted(request => {
    const number = /picture (\d)/.exec(wordsOf(request))?.[1] ?? ''
    return says(number === '2' ? String(2 + asked++) : number)
  })
}

const unnamed = (line: string) => JSON.stringify({ ...JSON.parse(line), rollout: undefined })

test.each([
  ['say their rollout', (line: string) => line],
  ['are of an older kindling', unnamed],
])('lines of another generation that %s are aligned by task, teacher and sample', async (_, line) => {
  await withRun({ sandbox, teachers: [changing()], tasks: tasks(4), ...config }, async run => {
    await run.run()
    const aside = join(run.folder, 'aside.jsonl')
    const decided = (await readFile(decisionsPath(run.folder), 'utf8')).trim().split('\n')
    await writeFile(aside, decided.map(each => `${line(each)}\n`).join(''))
    await run.refresh()
    const now = (await readFile(decisionsPath(run.folder), 'utf8')).trim().split('\n')
    const keys = new Set([...decided, ...now].map(each => JSON.parse(each).key))
    expect(keys.size).toBe(8)
    const counts = await flipsOf(run, {}, aside)
    expect(counts).toMatchObject({ same: 3, new: 0, gone: 0, unknown: [] })
    expect(counts.flips).toMatchObject([
      { from: 'passed/known_wrong', to: 'kept', anew: true, examples: ['width/2'] },
    ])
    expect(printFlips(counts)).toContain('known@1: wrong → passed')
    expect(await flipsOf(run, { tasks: tasks(3) }, aside)).toMatchObject({ same: 2, new: 0, gone: 1 })
  })
})

test('lines of a run that the store does not know, and that name no rollout, are gone', async () => {
  await withRun({ sandbox, teachers: [teacher()], tasks: tasks(2), ...config }, async run => {
    await run.run()
    const aside = join(run.folder, 'aside.jsonl')
    const line = { key: 'f'.repeat(64), decision: { keep: true }, facts: [] }
    await writeFile(aside, `${JSON.stringify(line)}\n`)
    expect(await flipsOf(run, {}, aside)).toEqual({ same: 0, new: 2, gone: 1, flips: [], unknown: [] })
  })
})
