import { afterAll, expect, test } from 'vitest'
import type { Check } from '../../../checks/check.ts'
import { judge } from '../../../checks/judges/judge.ts'
import { usedTools } from '../../../filters/used-tools.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import type { Config } from '../../../pipeline/config.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { promptFrom } from '../../../prompts/prompt.ts'
import { defaultLimits } from '../../../sandbox/bubblewrap.ts'
import { next, type Screen } from '../../../screens/screen.ts'
import type { TableOptions } from '../../../tasks/fields.ts'
import { jsonl } from '../../../tasks/jsonl.ts'
import { calculator } from '../../../tools/calculator.ts'
import { leakGuard } from '../../../tools/leak-guard.ts'
import { python } from '../../../tools/python.ts'
import { smallJail } from '../../small-jail.ts'
import { fields, folderWithImage, row, source } from '../../tasks/files.ts'
import { ownPrices } from '../own-prices.ts'
import { says, scripted, type TestRun, tasks, widths, withRun } from '../scripted.ts'

const sandbox = smallJail()
const wide = smallJail({ limits: { outputBytes: defaultLimits.outputBytes + 1 } })
afterAll(() => Promise.all([sandbox, wide].map(each => each[Symbol.asyncDispose]())))

const teacher = (options = {}) => scripted(() => says('8'), { options: { model: 'm', ...options } })
const judging = (name: string) =>
  judge({ models: [scripted(() => says('nothing'), { name, options: { model: name } })] })

/** Free text in other words, so that a judge is asked. */
const city = { answer: 'New York City', answerType: 'text' as const }
const judged = (check: Check): Partial<Config> => ({
  tasks: widths(city, city),
  teachers: [scripted(() => says('the Big Apple'), { options: { model: 'm' } })],
  checks: [check],
})
const screen = (version: number): Screen => ({
  name: 'looked',
  version,
  options: {},
  screen: async () => next(),
})
const other = promptFrom('system', 'Other words. {{images}} {{tools}}')

const direct = promptFrom('direct', 'Answer.')

const folder = await folderWithImage()
afterAll(() => folder[Symbol.asyncDispose]())
const file = await folder.lines('tasks.jsonl', [row({ question: '<image>\nWhich colour?' })])
const marked = (options: Pick<TableOptions, 'placeholders'>) => [jsonl(file, { fields, source, ...options })]

const base: Partial<Config> = { tasks: tasks(2), teachers: [teacher()], tools: [python()], sandbox }

/** Run twice, with what is asked before stored work is done again. */
async function twice(before: Partial<Config>, now: Partial<Config>, price = 10_000) {
  await using prices = await ownPrices({
    m: { input: price, cachedInput: 0, cacheWrite: 0, output: price },
    j: { input: 10, cachedInput: 0, cacheWrite: 0, output: 10 },
    k: { input: 10, cachedInput: 0, cacheWrite: 0, output: 10 },
  })
  const config = { sandbox, teachers: [teacher()], ...base, prices: prices.path, ...before }
  const messages: string[] = []
  await withRun(config, async run => {
    await run.run()
    await runAccepting(run, now, async message => {
      messages.push(message)
      return true
    })
    await runAccepting(run, now, () => Promise.reject(new Error('it was asked twice')))
  })
  return messages
}

const runAccepting = async (
  run: TestRun,
  changes: Partial<Config>,
  accept: (message: string) => Promise<boolean>,
) => solveAndDecide(await run.open(changes), accept)

const nothingAgain: [what: string, now: Partial<Config>][] = [
  ['the same config', {}],
  ['a task more', { tasks: tasks(3) }],
  ['a task less', { tasks: tasks(1) }],
  ['a sample more', { teachers: [{ ...teacher(), samples: 2 }] }],
  ['another teacher beside it', { teachers: [teacher(), { ...teacher(), name: 'second' }] }],
  ['a new check that asks models', { checks: [judging('j')] }],
  ['a first screen', { screens: [screen(1)] }],
  [
    'other filters, exports and concurrency',
    { filters: [usedTools({ min: 1 })], exports: [rejected()], limits: { concurrency: 1 } },
  ],
]

test.each(nothingAgain)('%s has no stored work done again', async (_, now) => {
  expect(await twice({}, now)).toEqual([])
})

const again = (what: string) =>
  `something else is asked now than for what is stored, so this is done again: ${what}`
const both = '2 rollouts (at most $0.30)'

const changes: [what: string, before: Partial<Config>, now: Partial<Config>, says: string][] = [
  ['a prompt', {}, { prompts: { system: other } }, `${both} because of prompts.system`],
  ['a tool more', {}, { tools: [python(), calculator()] }, `${both} because of tools (calculator is new)`],
  [
    'a tool less',
    { tools: [python(), calculator()] },
    { tools: [python()] },
    `${both} because of tools (calculator is gone)`,
  ],
  [
    "a tool's text",
    {},
    { tools: [{ ...python(), description: 'Runs.' }] },
    `${both} because of tools (description of python)`,
  ],
  [
    "a tool's options",
    {},
    { tools: [{ ...python(), options: { new: 1 } }] },
    `${both} because of tools (options of python)`,
  ],
  [
    "a teacher's options",
    {},
    { teachers: [teacher({ temperature: 1 })] },
    `${both} because of teachers (temperature of scripted)`,
  ],
  [
    'limits',
    {},
    { limits: { turns: 3, maxTokens: 99 } },
    `${both} because of limits.turns, limits.maxTokens`,
  ],
  ["the sandbox's limits", {}, { sandbox: wide }, `${both} because of sandbox`],
  ['a leak guard', {}, { leaks: await leakGuard() }, `${both} because of leaks`],
  [
    'a question',
    {},
    { tasks: widths({}, { question: 'How wide?' }) },
    '1 rollout (at most $0.15) because of tasks (question)',
  ],
  [
    'a question that is read without the marks of its images now',
    { tasks: marked({ placeholders: 'keep' }) },
    { tasks: marked({}) },
    '1 rollout (at most $0.15) because of tasks (question)',
  ],
  [
    'the judge',
    judged(judging('j')),
    judged(judging('k')),
    '2 facts of judge (what it costs is not known) because of checks (options of judge)',
  ],
  [
    'the version of a check that asks models',
    judged(judging('j')),
    judged({ ...judging('j'), version: 9 }),
    '2 facts of judge (at most $0.00030) because of checks (version of judge)',
  ],
]

test.each(changes)(
  'that %s changed is said before stored work is done again, once',
  async (_, before, now, words) => {
    expect(await twice(before, now)).toEqual([again(words)])
  },
)

test('what is done again for nothing is said, and nobody is asked about it', async () => {
  expect(await twice({}, { prompts: { system: other } }, 0)).toEqual([])
})

test('where no price is known, that is said', async () => {
  const unpriced = [scripted(() => says('8'), { options: { model: 'unheard-of' } })]
  expect(await twice({ teachers: unpriced }, { prompts: { system: other } })).toEqual([
    again('2 rollouts (what it costs is not known) because of prompts.system'),
  ])
})

test('what is not accepted is refused before anybody is asked, and the run goes on when the change is taken back', async () => {
  const asked = teacher()
  await withRun({ ...base, sandbox, teachers: [asked] }, async run => {
    await run.run()
    const refused = runAccepting(run, { prompts: { system: other } }, async () => false)
    await expect(refused).rejects.toThrow(
      /2 rollouts .* prompts\.system; accept it with --accept-changes, take the change back, or give the config another name$/,
    )
    expect(asked.asked).toHaveLength(2)
    await runAccepting(run, {}, async () => false)
    expect(asked.asked).toHaveLength(2)
  })
})

test('what was accepted goes on after a break, also with more tasks', async () => {
  const asked = teacher()
  await withRun({ ...base, sandbox, teachers: [asked] }, async run => {
    await run.run()
    const stop = new AbortController()
    const breaking = scripted(
      () => {
        stop.abort()
        return says('8')
      },
      { options: asked.options },
    )
    const changed = { prompts: { system: other }, limits: { concurrency: 1 } }
    const broken = run.run({ ...changed, teachers: [breaking] }, stop.signal)
    await expect(broken).rejects.toThrow()
    await runAccepting(run, { ...changed, tasks: tasks(3) }, async () => false)
    expect(Object.keys(await run.fates())).toHaveLength(3)
  })
})

test('a refresh asks all anew without more words', async () => {
  await withRun({ ...base, sandbox, teachers: [teacher()] }, async run => {
    await run.run()
    const refreshing = await run.open({ prompts: { system: other } }, { refresh: true })
    await solveAndDecide(refreshing, async () => false)
    expect(await run.trajectories()).toHaveLength(4)
  })
})

test('of rollouts made before conditions were kept, what their own record says is compared', async () => {
  const table: [Partial<Config>, string][] = [
    [{ prompts: { system: other } }, 'prompts.system'],
    [{ tools: [{ ...python(), description: 'Runs.' }] }, 'tools (description of python)'],
    [{ limits: { turns: 3 } }, 'tools, sandbox, limits or leaks (which of them was not written down)'],
  ]
  for (const [now, because] of table)
    await withRun({ ...base, sandbox, teachers: [teacher()] }, async run => {
      await run.run()
      for await (const { key } of run.store.scan('accepted')) await run.store.delete('accepted', key)
      await expect(runAccepting(run, now, async () => false)).rejects.toThrow(`because of ${because};`)
    })
})

test('screenings by another version of a screen are said, with what students were asked', async () => {
  expect(await twice({ screens: [screen(1)] }, { screens: [screen(2)] }, 0)).toEqual([])
  const paid = (version: number): Screen => {
    const student = scripted(() => says('8'), { name: 'student', options: { model: 'j' } })
    return {
      ...screen(version),
      models: [student],
      async screen(task, { models, signal }) {
        await models.attempt(
          student,
          task,
          { tools: false, images: false, sample: 0, system: direct },
          signal,
        )
        return next()
      },
    }
  }
  expect(await twice({ screens: [paid(1)] }, { screens: [paid(2)] })).toEqual([
    again('2 screenings (at most $0.00030) because of screens (looked) or what students are asked under'),
  ])
})

test('a run says in how many tasks marks of images were left out', async () => {
  const config = { ...base, sandbox, teachers: [teacher()], tasks: marked({}) }
  await withRun(config, async run => {
    await run.run()
    expect(run.progress).toContainEqual({
      kind: 'warning',
      message:
        '1 of 1 tasks had marks of images such as <image>: they are left out, and within a sentence read "image 1"',
    })
  })
})
