import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { explain } from '../../cli/exit.ts'
import { exits } from '../../cli/exits.ts'
import { BudgetError, ConfigError, DeadlineError } from '../../pipeline/errors.ts'
import { SandboxError } from '../../sandbox/sandbox.ts'
import { InputError } from '../../schemas/input-error.ts'
import { LockedError, StoreError } from '../../store/errors.ts'
import { lockFolder } from '../../store/sqlite-lock.ts'
import { TeacherError } from '../../teachers/teacher.ts'
import { ToolUnavailable } from '../../tools/tool.ts'
import { temporaryFolder } from '../fixtures.ts'

const code = (name: string) => Object.assign(new Error(`${name}: no way, open '/x'`), { code: name })

const known: [number, Error][] = [
  [2, new ConfigError('name: it is wrong')],
  [2, new InputError(['a.jsonl:1: it is wrong'])],
  [4, new BudgetError('no money')],
  [9, new DeadlineError('no time')],
  [69, new SandboxError('no jail')],
  [69, new TeacherError('no key', { fatal: true })],
  [69, new TeacherError('busy', { fatal: false })],
  [69, new ToolUnavailable('no server')],
  [75, new LockedError('it is worked on')],
  [74, new InputError(['the export cannot be written'], { cause: code('ENOSPC') })],
]

test.each(known)('%i: %s is said as it is', (exit, error) => {
  expect(explain(error)).toEqual({ text: error.message, exit })
})

const room = /^E\w+: no way, open '\/x' \(.+\); make room or choose another `output`, then run the same/
const machine: [name: string, exit: number, says: RegExp][] = [
  ['ENOSPC', 74, room],
  ['EDQUOT', 74, room],
  ['EFBIG', 74, /size that is allowed\); raise the limit \(`ulimit -f`\)/],
  ['EACCES', 74, /no permission\); allow it/],
  ['EPERM', 74, /no permission/],
  ['EROFS', 74, /read-only\); choose another/],
  ['EIO', 74, /cannot be read or written/],
  ['ENODEV', 74, /gone/],
  ['ENOTCONN', 74, /mount it again/],
  ['ESTALE', 74, /mount it again/],
  ['EEXIST', 74, /a file stands where a folder is needed/],
  ['ENOTDIR', 74, /a file stands where a folder is needed/],
  ['EISDIR', 74, /a folder stands where a file is needed/],
  ['EBUSY', 74, /something else holds it/],
  ['ENAMETOOLONG', 74, /the path is too long/],
  ['ELOOP', 74, /a link leads back to itself/],
  ['EMFILE', 69, /too few file descriptors\); raise the limit/],
  ['ENFILE', 69, /no file descriptor left/],
  ['EAGAIN', 69, /no other process/],
  ['ENOMEM', 69, /too little memory/],
]

test.each(machine)('%s is the machine’s, with status %i, in its own words', (name, exit, says) => {
  for (const error of [code(name), new StoreError('runs/x: it broke', { cause: code(name) })]) {
    const { text, ...said } = explain(error)
    expect(said).toEqual({ exit })
    expect(text).toMatch(error instanceof StoreError ? /^runs\/x: it broke \(.+\); .+ again$/ : says)
    expect(/make room/.test(text)).toBe(says === room)
  }
})

test('a database that is full or cannot be written is the disk’s too', () => {
  using database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE t (x); PRAGMA max_page_count = 2')
  const full = caught(() => database.exec(`INSERT INTO t VALUES ('${'x'.repeat(50_000)}')`))
  expect(explain(full)).toMatchObject({
    exit: 74,
    text: expect.stringMatching(/^database or disk is full \(the disk is full\); make room/),
  })
  database.exec('PRAGMA query_only = ON')
  const readOnly = explain(caught(() => database.exec('DELETE FROM t')))
  expect(readOnly).toEqual({ exit: 74, text: expect.not.stringMatching(/make room/) })
  expect(explain(caught(() => database.exec('SELECT nothing')))).toMatchObject({ exit: 1 })
})

test('a file where the run’s folder should be is the disk’s', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'runs'), '')
  for (const path of ['runs', 'runs/demo']) {
    const error: unknown = await lockFolder(join(folder.path, path)).catch((thrown: unknown) => thrown)
    expect(explain(error)).toMatchObject({ exit: 74, text: expect.stringMatching(/^[^\n]+runs[^\n]+$/) })
  }
})

test('an interruption says that it was one', () => {
  const error = caught(() => AbortSignal.abort().throwIfAborted())
  expect(explain(error)).toEqual({ text: 'interrupted', exit: 130 })
})

test('what broke first counts where letting go of things broke as well', () => {
  const both = new SuppressedError(new Error('closing broke too'), new ConfigError('name: it is wrong'))
  expect(explain(both)).toEqual({ text: 'name: it is wrong', exit: 2 })
})

test('what nobody expected keeps its stack', () => {
  const error = new TypeError('x is undefined')
  expect(explain(error)).toEqual({ text: error.stack, exit: 1 })
  expect(explain('thrown as text')).toEqual({ text: 'thrown as text', exit: 1 })
})

test('every status that can come is explained', () => {
  expect(Object.keys(exits).map(Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 69, 74, 75, 130])
})

function caught(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a line stays short, whatever stands in a file', () => {
  const { text } = explain(new InputError(['a.jsonl:1: it is wrong', `b.jsonl:1: ${'x'.repeat(5000)}`]))
  expect(text.split('\n').map(({ length }) => length)).toEqual([22, 501])
})
