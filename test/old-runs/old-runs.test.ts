import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect, test } from 'vitest'
import { comparison } from '../../answers/compare.ts'
import { studentPrompt } from '../../output/student.ts'
import { decisionsIn } from '../../pipeline/decide/decisions.ts'
import { type Place, place } from '../cli/command.ts'
import { answer, type Body } from './c658440/answers.ts'

const made = join(import.meta.dirname, 'c658440')
const config = 'old.config.ts'

/** A copy of the run and its config in a folder of its own, and the models that answered it then. */
async function oldRun(): Promise<Place> {
  const here = await place(({ body }) => {
    const { status = 200, ...said } = answer(body as Body)
    return { status, body: said }
  })
  await cp(made, here.folder, { recursive: true })
  await mkdir(join(here.folder, 'node_modules'))
  await symlink(join(import.meta.dirname, '../..'), join(here.folder, 'node_modules', 'kindling'))
  return here
}

/** Checks that ask no model, and of which a later version judges this run as the one before did. */
const anew = [
  'bypass',
  'code_errors',
  'consistency',
  'format',
  'grounded',
  'invented_observation',
  'language',
  'no_op_code',
  'recrop',
  'reexecutes',
  'refusal',
  'repeated_call',
  'text_leak',
  'thought',
  'tools_used',
  'truncated',
]
const versions = new RegExp(String.raw`(?<=(?:${anew.join('|')})\\*",[^{}]*?version\\*":\s*)\d+`, 'g')

/** A calculation was believed then, and is made again now. */
const saysNone =
  /; other calls made again: 1|(?<=(?:bypass|no_op_code|recrop|reexecutes|repeated_call|thought)\\*",[^{}]*?detail\\*":\\*")(?:none|no code|no call|cells run again: 0)(?=\\*"|; other)/g

/** Where the models listened is no part of what was found, and neither is the number of such a version. */
const plain = (text: string) =>
  text
    // Thoughts were not counted then, regions were not told, and what has no such call did not say so, or in other words.
    .replaceAll(/,?\\*"data\\*":\{\\*"(?:calls|boxes)\\*":[^{}]*\}/g, '')
    .replaceAll(saysNone, '')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'there')
    .replaceAll(versions, '0')

const readPlain = async (path: string) => plain(await readFile(path, 'utf8'))

/** Which rollout it is, and where its task's row stands and is from, is written down since then. */
const unplaced = <Line extends object>(line: Line) => ({
  ...line,
  ...{ origin: undefined, source: undefined, rollout: undefined },
})

const decisions = async (folder: string) => {
  const lines = await Array.fromAsync(decisionsIn(join(folder, 'old/decisions.jsonl')))
  return JSON.parse(plain(JSON.stringify(lines.map(unplaced))))
}

const screened = async (folder: string) => {
  const lines = (await readFile(join(folder, 'old/screened.jsonl'), 'utf8')).trim().split('\n')
  return lines.map(line => unplaced(JSON.parse(line)))
}

/** Columns of today that an export had none of then. */
const since = ['source_file', 'source_row', 'licence', 'meta', 'record', 'trainable', 'untrainable']
const columnsThen = ([name]: [string, unknown]) => !since.includes(name)

const exported = ['hf/data/train', 'llamafactory/train/train', 'rejected/data/rejected']

const readRows = async (folder: string, name: string) => {
  const path = join(folder, 'old/export', `${name}-00000-of-00001.parquet`)
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors, utf8: false })
}

interface Said {
  from: string
  value: string
}

/** Columns of the canonical view have names that no trainer takes for its own. */
const namedToday = ({ messages: trajectory, question, answer, ...row }: Record<string, unknown>) => ({
  ...row,
  ...{ trajectory, task_question: question, task_answer: answer },
})

/** A row of LLaMA-Factory's as it is written today: the student's own words, and a thought before the answer, too. */
function writtenToday({ conversations, ...row }: Record<string, unknown>) {
  if (!Array.isArray(conversations)) return namedToday(row)
  const answered = ({ from, value }: Said) =>
    from === 'gpt'
      ? { from, value: value.replace(/^(.*)\n(?=<answer>)/s, '<think>\n$1\n</think>\n\n') }
      : { from, value }
  return { ...row, conversations: conversations.map(answered), system: studentPrompt.template }
}

async function rowsIn(folder: string, written = (row: Record<string, unknown>) => row): Promise<string> {
  const read = await Promise.all(exported.map(name => readRows(folder, name)))
  const rows = read.map(each =>
    each.map(row => Object.fromEntries(Object.entries(written(row)).filter(columnsThen).sort())),
  )
  const plainly = (_: string, value: unknown) =>
    typeof value === 'bigint'
      ? Number(value)
      : value instanceof Uint8Array
        ? Buffer.from(value).toString('base64')
        : value
  return plain(JSON.stringify(rows, plainly, 1))
}

/** Answers were compared by another version then, and are measured anew: the same was found. */
const comparedToday = (text: string) =>
  text.replaceAll(/(check\\*":\\*"answer\\*"[^{}]*?version\\*":)2/g, `$1${comparison}`)

/** Decisions, what was screened, and every row of the exports are what they were. */
async function expectSame({ folder }: Place) {
  const [now, then] = [await decisions(folder), await decisions(made)]
  expect(JSON.parse(comparedToday(JSON.stringify(now)))).toEqual(
    JSON.parse(comparedToday(JSON.stringify(then))),
  )
  expect(await screened(folder)).toEqual(await screened(made))
  expect(await readPlain(join(folder, 'old/notes.json'))).toBe(await readPlain(join(made, 'old/notes.json')))
  expect(comparedToday(await rowsIn(folder))).toEqual(comparedToday(await rowsIn(made, writtenToday)))
}

test('a run of c658440 is read, shown and compared as it lies there', async () => {
  await using here = await oldRun()
  const stats = await here.kindling(['stats', 'old', '--prices', 'prices.json', '--json'])
  expect(stats, stats.err).toMatchObject({ code: 0 })
  expect(JSON.parse(stats.out)).toMatchObject({
    funnel: { rollouts: 27, answered: 13, kept: 4, screened: { tasks: 11, sft: 9, rl: 1, drop: 1 } },
  })
  const shown = await here.kindling(['show', 'river/1', '--run', 'old'])
  expect(shown.out).toMatch(/Which river.*text_search.*answered: the Arel.*best_of/s)
  const flips = await here.kindling(['flips', config, '--json'])
  expect(JSON.parse(flips.out)).toMatchObject({ same: 27, new: 0, gone: 0, flips: [], unknown: [] })
  expect(here.asked).toEqual([])
})

test.each(['curate', 'export'])('%s makes the same of a run of c658440 and asks nobody', async command => {
  await using here = await oldRun()
  const { code, err } = await here.kindling([command, config, '--json'])
  expect(code, err).toBe(3)
  await expectSame(here)
  expect(here.asked).toEqual([])
  const anew = /check reexecutes: .* version \d+ measures every row anew; it asks no model/
  expect(anew.test(err)).toBe(command === 'curate')
})

test('where a task of c658440 stands in its file is said as soon as its files were read again', async () => {
  await using here = await oldRun()
  const places = async () =>
    (await readRows(here.folder, 'hf/data/train')).map(row => [
      row.id,
      row.source_file,
      Number(row.source_row),
    ])
  await here.kindling(['export', config])
  expect(new Set((await places()).map(([, file]) => file))).toEqual(new Set([null]))
  await here.kindling(['curate', config])
  const lines = (await readFile(join(made, 'tasks/tasks.jsonl'), 'utf8')).trim().split('\n')
  const ids = lines.map(line => JSON.parse(line).id)
  for (const [id, file, row] of await places())
    expect([file, ids[Number(row) - 1]]).toEqual(['tasks/tasks.jsonl', id])
  expect(here.asked).toEqual([])
})

test('a run of c658440 goes on: only what failed is asked again', async () => {
  await using here = await oldRun()
  const { code, err } = await here.kindling(['run', config, '--json'])
  expect(code, err).toBe(3)
  const again = here.asked.map(({ body }) => [
    body.model,
    JSON.stringify(body).includes('behind the picture'),
  ])
  expect(again).toEqual([
    ['teacher', true],
    ['teacher', true],
  ])
  await expectSame(here)
  const replayed = await here.kindling(['replay', config])
  expect(replayed.out).toMatch(/all \d+ files of the export are the same/)
  expect(here.asked).toHaveLength(2)
})

test('a changed config does nothing of a run of c658440 again unless that is accepted', async () => {
  await using here = await oldRun()
  const path = join(here.folder, config)
  await writeFile(path, (await readFile(path, 'utf8')).replace('turns: 4', 'turns: 5'))
  const { code, err } = await here.kindling(['run', config])
  expect(code, err).toBe(2)
  expect(err.trim().split('\n').at(-1)).toMatch(
    /: 25 rollouts \(at most \$0\.037\) because of .*; 11 screenings \(at most \$0\.026\) because of .*; accept it with --accept-changes/,
  )
  expect(here.asked).toEqual([])
})
