import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sqlite } from '../../../store/sqlite.ts'
import { reading } from '../../readers.ts'
import { type Answering, config, measuring, type Place, place } from '../command.ts'

const folderIn = (here: Place) => join(here.folder, 'runs/command')
const resultOf = ({ out }: { out: string }) => JSON.parse(out.trim().split('\n').at(-1) ?? '')

test('a command waits for another process that works on the run, as long as it was told', async () => {
  await using here = await place()
  await here.tasks([{}])
  const held = await sqlite().lock(folderIn(here))
  const refused = await here.kindling(['run', config, '--wait', '1s', '--json'])
  expect(refused.code, refused.err).toBe(75)
  expect(refused.err).toMatch(/"kind":"note","message":"another process works on .*waiting for it"/)
  expect(resultOf(refused)).toMatchObject({ kind: 'error', status: 75 })

  const { child, ended } = here.start(['run', config, '--wait'])
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  while (!said.includes('waiting for it')) await setImmediate()
  held[Symbol.dispose]()
  expect(await ended).toMatchObject({ code: 0, out: expect.stringContaining('1 rows kept') })
})

test('SIGINT ends a command that waits', async () => {
  await using here = await place()
  await here.tasks([{}])
  using _held = await sqlite().lock(folderIn(here))
  const { child, ended } = here.start(['run', config, '--wait'])
  let said = ''
  child.stderr?.on('data', chunk => {
    said += chunk
  })
  while (!said.includes('waiting for it')) await setImmediate()
  child.kill('SIGINT')
  const { code, err } = await ended
  expect({ code, last: err.trim().split('\n').at(-1) }).toEqual({ code: 130, last: 'interrupted' })
  expect(here.asked).toEqual([])
})

test('after its deadline a command ends with a status of its own and says how to go on; the export stays', async () => {
  await using here = await place()
  await here.tasks([{}, {}])
  const late = await here.kindling(['run', config, '--deadline', '2026-01-01T00:00:00Z', '--json'])
  expect(late.code, late.err).toBe(9)
  expect(resultOf(late)).toMatchObject({
    kind: 'error',
    status: 9,
    name: 'command',
    message: expect.stringMatching(
      /^the deadline has passed: .* the same command with a later one goes on from there/,
    ),
  })
  expect(here.asked).toEqual([])
  expect((await here.kindling(['run', config, '--deadline', '1h'])).code).toBe(0)
})

const price = { models: ['m'], date: '2026-01-01', source: 'test', input: 1000, cacheWrite: 0, output: 1000 }
const priced = 'priced.config.ts'

async function withPrices(here: Place) {
  await writeFile(join(here.folder, 'prices.json'), JSON.stringify({ prices: [price] }))
  await writeFile(
    join(here.folder, priced),
    `import config from './${config}'\nexport default { ...config, prices: 'prices.json' }`,
  )
}

/** Measures, and says that a call used tokens for 11 USD. */
const using: Answering = (arrived, number) => {
  const usage = { prompt_tokens: 10_000, completion_tokens: 1000, total_tokens: 11_000 }
  const answer = measuring(arrived, number)
  return typeof answer === 'string' ? answer : { ...answer, body: { ...Object(answer.body), usage } }
}

test('--max-cost is never exceeded by a command, and each goes on where the last one stopped', async () => {
  await using here = await place(using)
  await here.tasks([{}, {}, {}])
  await withPrices(here)
  const most = 60
  for (let before = 0, commands = 0; ; commands++) {
    const ended = await here.kindling(['run', priced, '--max-cost', `${most}`, '--json'])
    const last = resultOf(ended)
    expect(last.usd - before).toBeLessThanOrEqual(most)
    expect(last.usd).toBe(here.asked.length * 11)
    before = last.usd
    if (ended.code === 0) {
      expect(commands).toBeGreaterThan(0)
      expect(last).toMatchObject({ usdNow: expect.any(Number), counts: { kept: 3 } })
      break
    }
    expect(ended.code, ended.err).toBe(4)
    expect(last.message).toMatch(
      /^--max-cost 60 is used up: \$\d+\.\d\d were spent now and the next call could cost \$\d+\.\d\d; the same command goes on/,
    )
  }
  expect(here.asked).toHaveLength(6)
})

test('a command that fails says all that it has spent, in its last line and its metrics', async () => {
  await using here = await place(using)
  await here.tasks([{}])
  await withPrices(here)
  const { code, out, err } = await here.kindling([
    'run',
    priced,
    '--max-cost',
    '30',
    '--json',
    '--metrics',
    'spent.prom',
  ])
  expect(code, err).toBe(4)
  expect(resultOf({ out })).toMatchObject({ kind: 'error', usd: 11 })
  const metrics = await readFile(join(here.folder, 'spent.prom'), 'utf8')
  expect(metrics).toMatch(/^kindling_run_last_cost_usd\{.*\} 11$/m)
  expect(metrics).toMatch(/^kindling_run_cost_usd_total\{.*\} 11$/m)
})

test('--max-cost is refused where a model has no price, before anybody is asked', async () => {
  await using here = await place()
  await here.tasks([{}])
  const { code, err } = await here.kindling(['run', config, '--max-cost', '5'])
  expect({ code, err }).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^--max-cost: the model m has no price/m),
  })
  expect(here.asked).toEqual([])
})

interface Family {
  name: string
  type: string
  help: string
  samples: [name: string, labels: Record<string, string>, value: number][]
}

test('Prometheus reads the metrics of a success and of a failure', async () => {
  await using here = await place()
  await here.tasks([{}, {}])
  await withPrices(here)
  const file = join(here.folder, 'charts.prom')
  const families = async (args: string[]) => {
    const { code } = await here.kindling([...args, '--metrics', 'charts.prom'])
    const read = await reading<Family[]>('schedules', 'prometheus_samples.py', file)
    return { code, read, names: read.map(({ name }) => name) }
  }
  const made = await families(['run', priced, '--slot', '2026-11-30'])
  expect(made.code).toBe(0)
  for (const { name, type, help, samples } of made.read) {
    expect(name).toMatch(/^kindling_run_[a-z_]+$/)
    expect(help).toMatch(/\.$/)
    expect(type).toBe(name === 'kindling_run_cost_usd' ? 'counter' : 'gauge')
    for (const [, labels] of samples) expect(labels.run).toBe('command')
  }
  expect(made.read.find(({ name }) => name === 'kindling_run_rows')?.samples).toEqual([
    ['kindling_run_rows', { run: 'command', decision: 'kept' }, 2],
    ['kindling_run_rows', { run: 'command', decision: 'dropped' }, 0],
  ])
  const success = made.read.find(({ name }) => name === 'kindling_run_last_success_timestamp_seconds')
  expect(success).toBeDefined()

  await writeFile(join(here.folder, priced), 'export default {}')
  const failed = await families(['curate', priced])
  expect(failed.code).toBe(2)
  expect(failed.read.find(({ name }) => name === 'kindling_run_status')?.samples).toEqual([
    ['kindling_run_status', { run: 'command' }, 2],
  ])
  expect(failed.read).toContainEqual(success)
  expect(failed.names).not.toContain('kindling_run_rows')
  expect(await readFile(file, 'utf8')).not.toContain('slot="2026-11-30"')
})
