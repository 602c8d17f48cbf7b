import { globSync, statSync } from 'node:fs'
import { appendFile, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answer } from '../../../checks/answer.ts'
import { format } from '../../../checks/format.ts'
import { passed } from '../../../filters/passed.ts'
import { hf } from '../../../output/targets/hf.ts'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import type { Store } from '../../../store/store.ts'
import { jsonl } from '../../../tasks/jsonl.ts'
import { png } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { fields, folderWithImage, source } from '../../tasks/files.ts'
import { says, scripted, type TestRun, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

// A file that was written just now might change without a sign, so what is known of it is not relied on.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 }))
afterEach(() => void vi.useRealTimers())

const count = 3
const each = Array.from({ length: count }, (_, index) => index)

interface Finished {
  run: TestRun
  folder: string
  teacher: ReturnType<typeof scripted>
}

/** A run over files that is finished, and was taken in a second time. */
async function finished(work: (made: Finished) => Promise<void>) {
  await using folder = await folderWithImage()
  for (const index of each) await folder.write(`${index}.png`, await png(8 + index))
  const rows = each.map(index => ({ id: `${index}`, question: 'Which?', image: `${index}.png`, answer: '8' }))
  const file = await folder.lines('tasks.jsonl', rows)
  const teacher = scripted(() => says('8'))
  const config = {
    ...{ sandbox, teachers: [teacher], tools: [], tasks: jsonl(file, { fields, source }) },
    ...{ checks: [answer(), format()], filters: [passed()], exports: [hf()] },
  }
  await withRun(config, async run => {
    await run.run()
    expect(teacher.asked).toHaveLength(count)
    await work({ run, folder: folder.path, teacher })
  })
}

/** What is asked of a store, by what is done and to which table. */
function counting(store: Store) {
  const counts: Record<string, number> = {}
  const noted =
    <Args extends [string, ...unknown[]], Result>(what: string, does: (...args: Args) => Result) =>
    (...args: Args): Result => {
      const [table, key] = args
      const kind = table === 'images' ? ` ${String(key).split('/')[0]}` : ''
      const all = `${what} ${table}${kind}`
      counts[all] = (counts[all] ?? 0) + 1
      return does(...args)
    }
  const counted = new Proxy(store, {
    get(target, name, receiver) {
      const does = Reflect.get(target, name, receiver)
      return ['get', 'put', 'delete', 'scan'].includes(String(name)) ? noted(String(name), does) : does
    },
  })
  return { counts, counted }
}

/** Every file of a run but those that say what it does now, with which file it is and when it was written. */
const filesOf = ({ folder }: TestRun) =>
  Object.fromEntries(
    globSync('**/*', { cwd: folder, exclude: ['store.sqlite*', 'status.json'] })
      .sort()
      .map(name => [name, statSync(join(folder, name), { bigint: true })] as const)
      .filter(([, found]) => found.isFile())
      .map(([name, { ino, mtimeNs }]) => [name, `${ino} ${mtimeNs}`]),
  )

test('a finished run that is run again writes nothing, asks nobody and looks at no picture anew', () =>
  finished(async ({ run, teacher }) => {
    const before = filesOf(run)
    const { counts, counted } = counting(run.store)
    await solveAndDecide({ ...(await run.open()), store: counted })
    expect(teacher.asked).toHaveLength(count)
    expect(filesOf(run)).toEqual(before)
    // To decide and to look at the pictures of an export that stays, each rollout is read, and its facts at once.
    expect(counts).toEqual({
      ...{ 'get images alike file': count, 'get trajectories': 2 * count, 'scan facts': count },
      ...{ 'get tasks': 1, 'get accepted': 1, 'get marks': 3, 'get answerers': 1 },
      ...{ 'scan plan': 1, 'scan tasks': 5, 'scan sources': 8, 'scan refreshes': 1, 'scan rescues': 1 },
      ...{ 'scan answerers': 1 },
      // The refresh that the run is of is over already.
      'put refreshes': 1,
    })
  }))

/** Other bytes of the same length in the place of a file, which then has the times that it had. */
async function overwrite(path: string, bytes: Uint8Array | string) {
  const { atime, mtime, size } = await stat(path)
  expect(Buffer.byteLength(bytes)).toBe(size)
  await writeFile(path, bytes)
  await utimes(path, atime, mtime)
}

const decisions = ({ folder }: TestRun) => join(folder, 'decisions.jsonl')
const keysIn = async ({ store }: TestRun, table: 'trajectories' | 'facts' | 'plan') =>
  (await Array.fromAsync(store.scan(table))).map(({ key }) => key)

const idsKept = async (run: TestRun) =>
  Object.entries(await run.fates()).flatMap(([id, fate]) => (fate === 'kept' ? [id] : []))

/** What happens to a finished run, and what has to come of running it again. */
const noticed: Record<string, (made: Finished) => Promise<void>> = {
  'a picture with other bytes, as long and as old as before': async ({ run, folder, teacher }) => {
    await overwrite(join(folder, '0.png'), await png(8, 6, '#cc3334'))
    await run.run()
    expect(teacher.asked).toHaveLength(count + 1)
  },
  'an answer that is another one in a file as long and as old as before': async ({ run, folder }) => {
    const path = join(folder, 'tasks.jsonl')
    await overwrite(path, (await readFile(path, 'utf8')).replace('"answer":"8"', '"answer":"9"'))
    await run.run()
    expect(await idsKept(run)).toEqual(['1', '2'])
  },
  'a row more': async ({ run, folder, teacher }) => {
    const more = { id: 'more', question: 'Which one?', image: '0.png', answer: '8' }
    await appendFile(join(folder, 'tasks.jsonl'), JSON.stringify(more))
    await run.run()
    expect(teacher.asked).toHaveLength(count + 1)
    expect(await idsKept(run)).toContain('more')
  },
  'a picture that is gone': async ({ run, folder }) => {
    await rm(join(folder, '0.png'))
    await expect(run.run()).rejects.toThrow('0.png')
  },
  'a filter more': async ({ run }) => {
    const none = {
      name: 'none',
      version: 1,
      options: {},
      begin: () => () => ({ keep: false, reason: 'no', detail: '' }),
    } as const
    await run.run({ filters: [none] })
    expect(await idsKept(run)).toEqual([])
  },
  'a check of other code': async ({ run }) => {
    const check = (passed: boolean) => ({
      ...{ name: 'own', version: 1, options: {} },
      measure: passed
        ? async () => ({ passed: true, reason: '', detail: '' }) as const
        : async () => ({ passed: false, reason: 'no', detail: '' }) as const,
    })
    await run.run({ checks: [check(true)] })
    expect(await idsKept(run)).toHaveLength(count)
    await run.run({ checks: [check(false)] })
    expect(await idsKept(run)).toEqual([])
  },
  'a rollout that the store has lost': async ({ run, teacher }) => {
    const [key = ''] = await keysIn(run, 'trajectories')
    await run.store.delete('trajectories', key)
    await run.run()
    // What was paid for is not asked again.
    expect(teacher.asked).toHaveLength(count)
    expect(await keysIn(run, 'trajectories')).toContain(key)
  },
  'a fact that the store has lost': async ({ run }) => {
    const [key = ''] = await keysIn(run, 'facts')
    await run.store.delete('facts', key)
    await run.run()
    expect(await keysIn(run, 'facts')).toContain(key)
  },
  'a rollout that the plan has lost': async ({ run }) => {
    const [key = ''] = await keysIn(run, 'plan')
    await run.store.delete('plan', key)
    await run.run()
    expect(await keysIn(run, 'plan')).toContain(key)
    expect(await idsKept(run)).toHaveLength(count)
  },
  'a damaged picture of the store, whose source is at hand': async ({ run }) => {
    const [name = ''] = globSync('blobs/*/*', { cwd: run.folder })
    const bytes = await readFile(join(run.folder, name))
    await writeFile(join(run.folder, name), bytes.fill(0, 20, 30))
    await solveAndDecide({ ...(await run.open()), store: await openSqliteStore(run.folder) })
    expect(sha256(await readFile(join(run.folder, name)))).toBe(basename(name))
  },
  'decisions that were cut': async ({ run }) => {
    const before = await readFile(decisions(run))
    await truncate(decisions(run), 100)
    await run.run()
    expect(await readFile(decisions(run))).toEqual(before)
  },
  'a decision that was altered': async ({ run }) => {
    const before = await readFile(decisions(run), 'utf8')
    await overwrite(decisions(run), before.replace('"keep":true', '"keep":null'))
    await run.run()
    expect(await readFile(decisions(run), 'utf8')).toBe(before)
  },
  'a sum of the decisions that is gone': async ({ run }) => {
    await rm(`${decisions(run)}.sha256`)
    await run.run()
    await expect(stat(`${decisions(run)}.sha256`)).resolves.toBeDefined()
  },
}

test.each(Object.keys(noticed))('a finished run that is run again notices %s', what =>
  finished(async made => {
    await made.run.run()
    await noticed[what]?.(made)
  }),
)
