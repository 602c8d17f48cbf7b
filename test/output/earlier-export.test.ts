import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AnyExport, ExportRow } from '../../output/export.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { verlRl } from '../../output/targets/verl-rl.ts'
import { writeExports } from '../../output/write.ts'
import type { Screening } from '../../schemas/screening.ts'
import { textRows } from '../../tasks/text-rows.ts'
import { answerTurn, pythonTurn, temporaryFolder } from '../fixtures.ts'
import { about, album, dropped, kept, run, stream } from './rows.ts'

const { images, bytes } = await album([[8, 6]])

const good = kept(about(images, 1))
const bad = dropped(about(images, 2))
/** What the DeepEyesV2 contract has no words for. */
const silent = kept(about(images, 3, { turns: [pythonTurn({}, ''), answerTurn('8')] }))
const forRl: Screening = {
  task: about(images, 4).task,
  route: 'rl',
  by: 'difficulty',
  reason: 'solved_with_tools',
  detail: '',
  data: {},
}

interface Given {
  rows: ExportRow[]
  exports: AnyExport[]
  pool?: Screening[]
  allowEmpty?: boolean
}

const write = (folder: string, { rows, pool = [], ...more }: Given) =>
  writeExports({
    folder,
    rows: stream(rows),
    tasks: stream(pool.map(screening => ({ id: screening.task.id, screening }))),
    about: run,
    bytes,
    ...more,
  })

const usual = [hf(), rejected()]
const first: Given = { rows: [good, silent], exports: usual }
const pools = [hf(), verlRl()]

test.each<[string, Given, Given, number]>([
  ['all was dropped', first, { rows: [bad], exports: usual }, 2],
  ['there is nothing at all', first, { rows: [], exports: usual }, 2],
  ['the only target can say none of it', first, { rows: [silent], exports: [deepEyesSft()] }, 2],
  ['no pool is left either', { rows: [], exports: pools, pool: [forRl] }, { rows: [], exports: pools }, 1],
])('an export with rows stays where %s', async (_, before, now, left) => {
  await using folder = await temporaryFolder()
  const target = join(folder.path, 'export')
  await write(target, before)
  const manifest = () => readFile(join(target, 'manifest.json'), 'utf8')
  const was = await manifest()
  expect((await write(target, now)).left).toBe(left)
  expect(await manifest()).toBe(was)
  expect((await write(target, { ...now, allowEmpty: true })).left).toBeUndefined()
  expect(await manifest()).not.toBe(was)
})

const noRows: Given = { rows: [bad], exports: usual }

test.each<[string, Given | null, Given, number | undefined]>([
  ['it is the first', null, noRows, 0],
  ['the earlier one held none', noRows, { rows: [bad, bad], exports: usual }, 0],
  ['one row is left', first, { rows: [silent, bad], exports: usual }, undefined],
  [
    'a pool is left',
    { rows: [good], exports: pools },
    { rows: [bad], exports: pools, pool: [forRl] },
    undefined,
  ],
  ['none of its targets is for training', first, { rows: [good], exports: [rejected()] }, undefined],
])('an export takes the place of the earlier one where %s', async (_, before, now, left) => {
  await using folder = await temporaryFolder()
  const target = join(folder.path, 'export')
  if (before) await write(target, before)
  expect((await write(target, now)).left).toBe(left)
  const { funnel } = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'))
  expect(funnel.trajectories).toBe(now.rows.length)
})

test('text rows that are mixed in are no reason to replace trajectories, nor to keep what holds nothing else', async () => {
  await using folder = await temporaryFolder()
  const [target, path] = [join(folder.path, 'export'), join(folder.path, 'texts.jsonl')]
  await writeFile(path, JSON.stringify({ q: 'What is 1?', r: 'It is 1.', a: '1' }))
  const longCot = textRows(path, {
    fields: { question: 'q', reasoning: 'r', answer: 'a' },
    source: { name: 'texts', licence: 'CC0-1.0' },
  })
  const exports = [llamaFactory({ longCot })]
  const mixed = { rows: [bad], exports }
  expect((await write(target, mixed)).targets).toMatchObject({ llamafactory: { rows: 1 } })
  await write(target, { rows: [good], exports })
  expect((await write(target, mixed)).left).toBe(1)
})
