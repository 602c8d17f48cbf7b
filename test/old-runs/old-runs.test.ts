import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect, test } from 'vitest'
import { comparison } from '../../answers/compare.ts'
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

/**
 * Where the models listened is no part of what was found, and neither is the number of a version that judges this run
 * as the one before did: a check that asks no model measures anew, and says so.
 */
const plain = (text: string) =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'there')
    .replaceAll(/(?<=reexecutes\\*",[^{}]*?version\\*":\s*)\d+/g, '0')

const readPlain = async (path: string) => plain(await readFile(path, 'utf8'))

const decisions = async (folder: string) =>
  JSON.parse(plain(JSON.stringify(await Array.fromAsync(decisionsIn(join(folder, 'old/decisions.jsonl'))))))

const exported = ['hf/data/train', 'llamafactory/train/train', 'rejected/data/rejected']

async function rowsIn(folder: string): Promise<string> {
  const files = exported.map(name => join(folder, 'old/export', `${name}-00000-of-00001.parquet`))
  const rows = files.map(async path =>
    parquetReadObjects({ file: await asyncBufferFromFile(path), compressors, utf8: false }),
  )
  const written = (_: string, value: unknown) =>
    typeof value === 'bigint'
      ? Number(value)
      : value instanceof Uint8Array
        ? Buffer.from(value).toString('base64')
        : value
  return plain(JSON.stringify(await Promise.all(rows), written, 1))
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
  for (const file of ['screened.jsonl', 'notes.json'])
    expect(await readPlain(join(folder, 'old', file))).toBe(await readPlain(join(made, 'old', file)))
  expect(comparedToday(await rowsIn(folder))).toEqual(comparedToday(await rowsIn(made)))
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
  expect(JSON.parse(flips.out)).toEqual({ same: 27, new: 0, gone: 0, flips: [], unknown: [] })
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
