import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ErrorLine, ProgressLine, ResultLine } from '../../../cli/scheduled/lines.ts'
import { validator } from '../../../schemas/validate.ts'
import { config, type Ended, measuring, place } from '../command.ts'

const [isProgress, isResult, isError] = [validator(ProgressLine), validator(ResultLine), validator(ErrorLine)]

const parsed = (text: string): object[] =>
  text
    .trim()
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))

/** What is wrong with lines; empty where nothing is. */
const faults = (lines: object[], check: typeof isProgress | typeof isResult | typeof isError) =>
  lines.flatMap(line => {
    const found = check(line)
    return found.ok ? [] : [{ line, field: found.field, message: found.message }]
  })

/** The last line on stdout, after progress that is as it should be. */
function lastOf({ out, err }: Ended) {
  const progress = parsed(err)
  expect(faults(progress, isProgress)).toEqual([])
  const last = parsed(out).at(-1) ?? {}
  return { progress, last, others: parsed(out).slice(0, -1) }
}

const jobs: [args: string[], result: object][] = [
  [['plan', config, '--tasks', '1'], { forecast: { tasks: 2, pilot: 1 } }],
  [
    ['run', config, '--slot', '2026-11-30', '--wait', '1m', '--deadline', '1h'],
    {
      id: 'command@2026-11-30',
      slot: '2026-11-30',
      counts: { tasks: 2, trajectories: 2, answered: 2, kept: 2, dropped: {} },
      targets: expect.arrayContaining([{ name: 'hf', rows: 2, declined: {} }]),
      export: 'runs/command/export',
      hashes: { manifest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ],
  [['curate', config], { slot: '2026-11-30', counts: { kept: 2 } }],
  [['export', config], { slot: '2026-11-30', counts: { kept: 2 } }],
  [['replay', config], { rollouts: 2, different: [] }],
  [['flips', config], { same: 2, flips: [] }],
  [['rescue', config, '--undo'], { counts: { kept: 2 } }],
]

/** Commands that do no job, which say no progress. */
const readings: [args: string[], result: object][] = [
  [['diff', 'command', 'command'], { gate: [] }],
  [['stats', 'command'], { funnel: { kept: 2 }, targets: [{ name: 'hf' }, { name: 'rejected' }] }],
  [['status', 'command'], { run: 'runs/command', working: false }],
  [['show', 'width/1'], { rows: 1 }],
  [['rescue', config, '--list'], { rows: 0 }],
  [['gc', 'command'], { removed: false, garbage: expect.any(Array) }],
  [['searches', 'command'], { services: [] }],
  [['verify', 'command'], { ok: true, faults: [] }],
]

test('the last line of every job is its result, and all lines are as they are written down', async () => {
  await using here = await place()
  await here.tasks([{}, {}])
  for (const [args, result] of jobs) {
    const ended = await here.kindling([...args, '--json'])
    expect(ended, ended.err).toMatchObject({ code: 0 })
    const { progress, last } = lastOf(ended)
    expect(progress.length).toBeGreaterThan(0)
    expect(faults([last], isResult)).toEqual([])
    expect(last).toMatchObject({
      kind: 'result',
      command: args[0],
      name: 'command',
      status: 0,
      meaning: 'done',
      ...result,
    })
  }
  for (const [args, result] of readings) {
    const { last } = lastOf(await here.kindling([...args, '--json']))
    expect(faults([last], isResult)).toEqual([])
    expect(last).toMatchObject({ kind: 'result', command: args[0], status: 0, ...result })
  }
  const flips = await here.kindling(['flips', config, '--json'], 'export LEAST_CALLS=9')
  const { last, others } = lastOf(flips)
  expect(others).toEqual([
    expect.objectContaining({ kind: 'flip', from: 'kept' }),
    expect.objectContaining({ kind: 'flip', from: 'kept' }),
  ])
  expect(last).toMatchObject({ kind: 'result', same: 0 })
})

const refused: [what: string, args: string[], shell: string, error: object][] = [
  [
    'an option that is not known',
    ['run', config, '--fast'],
    ':',
    { message: "error: unknown option '--fast' (Did you mean --wait?)" },
  ],
  [
    'a config that is not there',
    ['run', 'none.config.ts'],
    ':',
    { message: /^none\.config\.ts: there is no/ },
  ],
  ['a slot that is no name', ['run', config, '--slot', 'a b'], ':', { message: /^--slot: "a b" is no name/ }],
  [
    'a folder for metrics that is not there',
    ['run', config, '--metrics', 'none/a.prom'],
    ':',
    { message: /^--metrics none\/a\.prom: there is no folder none; make it$/ },
  ],
  ['a run that is not there', ['stats', 'none'], ':', { message: /^none is neither/ }],
  ['wrong tasks', ['run', config], ': >tasks.jsonl', { name: 'command', message: /tasks\.jsonl/ }],
]

test.each(refused)('%s is told by one JSON line, too', async (_, args, shell, error) => {
  await using here = await place()
  await here.tasks([{}])
  const ended = await here.kindling([...args, '--json'], shell)
  const { last, others } = lastOf(ended)
  expect(ended.code, ended.out).toBe(2)
  expect(others).toEqual([])
  expect(faults([last], isError)).toEqual([])
  const { message, ...about } = { ...last } as { message: string }
  const { message: says, ...known } = error as { message: string | RegExp }
  expect(about).toMatchObject({ kind: 'error', command: args[0], status: 2, ...known })
  expect(message).toMatch(says)
  // A person reads the same.
  expect(ended.err).toContain(message)
})

test('an interrupted job ends with such a line', async () => {
  await using here = await place((arrived, number) => (number > 1 ? 'hang' : measuring(arrived, number)))
  await here.tasks([{}, {}])
  const { child, ended } = here.start(['run', config, '--json'])
  while (here.asked.length < 2) await here.next()
  child.kill('SIGINT')
  const end = await ended
  const { last } = lastOf(end)
  expect(end.code).toBe(130)
  expect(faults([last], isError)).toEqual([])
  expect(last).toMatchObject({ status: 130, name: 'command', message: 'interrupted' })
})

test('amounts of money have no rest of sums', async () => {
  const { jsonLine } = await import('../../../cli/lines/json-line.ts')
  expect(jsonLine({ usd: 0.1 + 0.2, count: 3, each: [0.1536000000000005], small: 1.5e-9 })).toBe(
    '{"usd":0.3,"count":3,"each":[0.1536],"small":1.5e-9}',
  )
})

test('the page of schedules names every key of results and errors, and every kind of progress', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/schedules.md'), 'utf8')
  const [dataset] = ResultLine.anyOf
  const keys = [...Object.keys(dataset.properties), ...Object.keys(ErrorLine.properties)]
  const { properties: counts } = dataset.properties.counts
  const kinds = ProgressLine.anyOf.flatMap(({ properties: { kind } }) =>
    'enum' in kind ? kind.enum : [kind.const],
  )
  expect(keys.length + kinds.length).toBeGreaterThan(25)
  for (const name of [...keys, ...Object.keys(counts), ...kinds])
    expect(page).toMatch(new RegExp(`[\`"]${name}[\`"]`))
})
