import { afterAll, expect, test } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { Check, fail, pass } from '../../../checks/check.ts'
import { passed } from '../../../filters/passed.ts'
import type { Config } from '../../../pipeline/config.ts'
import { recurate } from '../../../pipeline/jobs/curate.ts'
import { comparedRows } from '../../../pipeline/jobs/flips.ts'
import { factory, noOptions } from '../../../schemas/options.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, type TestRun, tasks, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const teacher = scripted(() => says('8'))
const nobody = { asks: 'nobody' } as const

/** A check of the user's own, of this code; `models` make it one that is paid for. */
const own = (code: string, changes: Partial<Check> = {}): Check => ({
  name: 'polite',
  version: 1,
  options: {},
  measure: new Function('pass', 'fail', `return ${code}`)(pass, fail),
  ...changes,
})

const packaged = (code: string) => factory(Check, 'polite', noOptions, () => own(code))()

const accepts = 'async () => pass()'
const refuses = "async () => fail('rude')"
const paid = { models: [scripted(() => says('8'), { name: 'judge' })] }
const anew = /^check polite: its code changed, so it measures every row anew$/
const stays =
  /^check polite: its code changed since it measured, and it asks models, so what it measured stays; raise its version, or run `kindling curate` with --remeasure polite$/

const config = (check: Check): Partial<Config> => ({ checks: [check], filters: [passed(check.name)] })

const warnings = ({ progress }: TestRun) =>
  progress.flatMap(event =>
    event.kind === 'warning' && event.message.startsWith('check ') ? [event.message] : [],
  )

const rows: [what: string, before: Check, now: Check, kept: boolean, warning: RegExp | undefined][] = [
  ['the same code', own(accepts), own(accepts), true, undefined],
  ['the same code in another layout', own(accepts), own('async () =>\n  pass()'), true, undefined],
  ['other code', own(accepts), own(refuses), false, anew],
  ['other code of a check that is paid for', own(accepts, paid), own(refuses, paid), true, stays],
  [
    'other code of another version',
    own(accepts, paid),
    own(refuses, { ...paid, version: 2 }),
    false,
    undefined,
  ],
  ['other code of a check of the package', packaged(accepts), packaged(refuses), true, undefined],
]

test.each(rows)('%s is noticed as that', async (_, before, now, kept, warning) => {
  await withRun({ teachers: [teacher], sandbox, ...config(before) }, async run => {
    await run.run()
    expect(await run.fates()).toEqual({ 'width/1': 'kept' })
    await run.recurate(config(now))
    expect(await run.fates()).toEqual({ 'width/1': kept ? 'kept' : 'passed/polite_rude' })
    expect(warnings(run)).toEqual(warning ? [expect.stringMatching(warning)] : [])
    await run.recurate(config(now))
    expect(warnings(run)).toHaveLength(warning === stays ? 2 : warning ? 1 : 0)
  })
})

test('code that is put back has the facts that it measured then', async () => {
  let measured = 0
  const counting: Check = own(accepts)
  const { measure } = counting
  const text = { toString: () => accepts }
  const counted = Object.assign((...args: Parameters<Check['measure']>) => {
    measured++
    return measure(...args)
  }, text)
  await withRun({ teachers: [teacher], sandbox, tasks: tasks(3) }, async run => {
    await run.run(config({ ...counting, measure: counted }))
    await run.recurate(config(own(refuses)))
    await run.recurate(config({ ...counting, measure: counted }))
    expect(Object.values(await run.fates())).toEqual(['kept', 'kept', 'kept'])
    expect(measured).toBe(3)
  })
})

test.each([
  ['that is free', {}],
  ['that asks models', paid],
])('--remeasure has a check %s measure anew, whatever its code', async (_, changes) => {
  // What a function closes over is not in its text, as what it imports is not.
  const words: Record<string, string> = { verdict: accepts }
  const behind = () =>
    own('async () => verdict()', {
      ...changes,
      measure: Object.assign(async () => (words.verdict === accepts ? pass() : fail('rude')), {
        toString: () => 'async () => verdict()',
      }),
    })
  await withRun({ teachers: [teacher], sandbox, ...config(behind()) }, async run => {
    await run.run()
    words.verdict = refuses
    await run.recurate(config(behind()))
    expect(await run.fates()).toEqual({ 'width/1': 'kept' })
    await recurate(await run.open(config(behind()), nobody), ['polite'])
    expect(await run.fates()).toEqual({ 'width/1': 'passed/polite_rude' })
  })
})

test('--remeasure of a name that no check has is refused with those there are', async () => {
  await withRun({ teachers: [teacher], sandbox, checks: [own(accepts), answer()] }, async run => {
    await expect(recurate(await run.open({}, nobody), ['polit'])).rejects.toThrow(
      '--remeasure polit: no check is named so; there are polite, answer',
    )
  })
})

test('flips say what edited code decides otherwise', async () => {
  await withRun({ teachers: [teacher], sandbox, ...config(own(accepts)) }, async run => {
    await run.run()
    const compared = comparedRows(await run.open(config(own(refuses)), nobody))
    expect(await Array.fromAsync(compared)).toMatchObject([
      { kind: 'flip', from: 'kept', to: 'passed/polite_rude', because: [{ check: 'polite' }] },
    ])
    expect(await run.fates()).toEqual({ 'width/1': 'kept' })
  })
})

test('what was measured before sources were looked at counts as unchanged', async () => {
  await withRun({ teachers: [teacher], sandbox, ...config(own(accepts)) }, async run => {
    await run.run()
    for await (const { key } of run.store.scan('sources')) await run.store.delete('sources', key)
    await run.recurate(config(own(refuses)))
    expect(await run.fates()).toEqual({ 'width/1': 'kept' })
  })
})
