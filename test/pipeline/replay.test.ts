import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { rejected } from '../../output/targets/rejected.ts'
import { replayRun } from '../../pipeline/jobs/replay.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { temporaryFolder } from '../fixtures.ts'
import { smallJail } from '../small-jail.ts'
import { countingTeacher } from './counting-teacher.ts'
import { runs, says, scripted, type TestRun, tasks, withRun, wordsOf } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const root = join(import.meta.dirname, '../..')
const command = ['--disable-warning=ExperimentalWarning', 'cli/main.ts']
const config = 'test/pipeline/replay.config.ts'

/** Run the command, without any network where that is asked for; gives its exit status and what it said. */
async function kindling(args: string[], env: Record<string, string>, network = true) {
  const node = [process.execPath, ...command, ...args]
  const [file = '', ...rest] = network ? node : ['unshare', '--map-current-user', '--net', ...node]
  const options = { cwd: root, env: { ...process.env, ...env }, maxBuffer: 1 << 26 }
  return promisify(execFile)(file, rest, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout: String(stdout), stderr: String(stderr) }),
  )
}

test('a run is repeated without a network, by running its Python again, and gives the same bytes', async () => {
  await using teacher = await countingTeacher()
  await using output = await temporaryFolder()
  const env = { TEACHER_URL: teacher.url, RUNS: output.path }
  const first = await kindling(['run', config], env)
  expect(first.code, first.stderr).toBe(0)
  const asked = teacher.requests()
  expect(asked).toBeGreaterThan(4)

  const replayed = await kindling(['replay', config], env, false)
  expect(replayed.code, replayed.stderr).toBe(0)
  expect(replayed.stdout).toMatch(
    /^4 rollouts done again from the store, no teacher asked: all \d+ files of the export are the same, byte for byte\n$/,
  )
  expect(teacher.requests()).toBe(asked)
  expect(await readdir(join(output.path, 'killed'))).not.toContain('replay')

  // The network is really denied there: a run that has to ask cannot.
  const denied = await kindling(['run', config, '--refresh'], env, false)
  expect(denied.code).toBe(69)
  expect(denied.stderr).toMatch(/ECONNREFUSED|ENETUNREACH|Connection error/)
  expect(teacher.requests()).toBe(asked)
})

const replayOf = (run: TestRun, changes = {}) => run.open(changes, { asks: 'nobody' }).then(replayRun)

/** Measures, then answers; the second task overloads it. */
const teacher = () =>
  scripted(({ turns, ...asked }) => {
    if (turns.length === 1 && /picture 2/.test(wordsOf({ turns, ...asked })))
      throw new TeacherError('overloaded', { fatal: false })
    return turns.length === 0 ? runs('print(image_1.size)') : says('8')
  })

const setting = () => ({ sandbox, teachers: [teacher()], tasks: tasks(3), exports: [rejected()] })

test('where a teacher failed it fails again, so that the export is the same', () =>
  withRun(setting(), async run => {
    await run.run()
    const result = await replayOf(run, { teachers: [scripted(() => says('never asked'))] })
    expect(result).toMatchObject({ rollouts: 3, different: [], missing: [], extra: [] })
    expect(result.same).toContain('manifest.json')
  }))

test('a rollout is repeated under what its teacher was told then, though it is told otherwise now', () => {
  const told = (text: string) => scripted(() => says('8'), { instructions: () => text })
  return withRun({ sandbox, teachers: [told('as then')] }, async run => {
    await run.run()
    expect(await replayOf(run, { teachers: [told('as now')] })).toMatchObject({
      rollouts: 1,
      different: [],
      missing: [],
      extra: [],
    })
  })
})

test('a reply that is missing is named by task and turn', () =>
  withRun(setting(), async run => {
    await run.run()
    for await (const { key, value } of run.store.scan<{ stop: string }>('replies'))
      if (value.stop === 'end') await run.store.delete('replies', key)
    await expect(replayOf(run)).rejects.toThrow(
      /^task width\/[13], teacher scripted, sample 0, turn 2: its reply is not in the store; run the config again/,
    )
  }))

test('an export that was changed, lost a file or got one is told apart', () =>
  withRun(setting(), async run => {
    await run.run()
    const folder = join(run.folder, 'export')
    await writeFile(join(folder, 'README.md'), 'mine')
    await writeFile(join(folder, 'notes.txt'), 'mine')
    expect(await replayOf(run)).toMatchObject({ different: ['README.md'], missing: ['notes.txt'], extra: [] })
  }))

test('other filters than those of the export give other files', () =>
  withRun(setting(), async run => {
    await run.run()
    const none = {
      name: 'none',
      version: 1,
      options: {},
      begin: () => () => ({ keep: false as const, reason: 'no', detail: '' }),
    }
    const { different } = await replayOf(run, { filters: [none] })
    expect(different).toContain('manifest.json')
  }))

test('a refreshed run is replayed as it was refreshed', () =>
  withRun(setting(), async run => {
    await run.run()
    await run.refresh()
    expect(await replayOf(run)).toMatchObject({ different: [], missing: [], extra: [] })
  }))

test('what was never exported cannot be compared', () =>
  withRun(setting(), async run => {
    await expect(replayOf(run)).rejects.toThrow(/there is no export to compare with; run it first/)
  }))
