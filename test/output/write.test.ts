import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Export, ExportRow } from '../../output/export.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf, hfRow } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { writeExports } from '../../output/write.ts'
import { answerTurn, kinds, pythonTurn, temporaryFolder } from '../fixtures.ts'
import { type Age, reading } from '../readers.ts'
import { about, album, dropped, inLines, kept, run, stream } from './rows.ts'

interface Split {
  features: Record<string, string>
  rows: Record<string, unknown>[]
  stored: { bytes: { sha256: string }; path: string }[][]
}
type Loaded = Record<string, Record<string, Split>>

/** Every config of the card but those of tables. */
async function load(age: Age, folder: string): Promise<Loaded> {
  const all = await reading<Loaded>(age, 'datasets_rows.py', folder)
  const [tables, targets] = [true, false].map(isTable =>
    Object.entries(all).filter(([, splits]) => 'audit' in splits === isTable),
  )
  expect(tables?.length).toBeGreaterThanOrEqual(4)
  return Object.fromEntries(targets ?? [])
}

const sample = async () => {
  const { images, bytes } = await album([
    [8, 6],
    [31, 17],
  ])
  const rows = [
    kept(about(images, 1)),
    dropped(about(images.slice(0, 1), 2)),
    kept(about(images.slice(1), 3)),
  ]
  return { rows, bytes, images }
}

const targets = [hf(), llamaFactory(), deepEyesSft(), rejected()]

const write = async (folder: string, rows: AsyncIterable<ExportRow>, exports: Export[] = targets) =>
  writeExports({ folder, rows, exports, about: run, kinds, bytes: (await sample()).bytes })

const tree = async (folder: string) =>
  Promise.all(
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(async file => [file.slice(folder.length + 1), (await readFile(file)).toString('base64')]),
  )

test.each(['newest', 'oldest'] as const)('the %s datasets loads every config of the card', async age => {
  await using folder = await temporaryFolder()
  const { rows, images } = await sample()
  await write(join(folder.path, 'export'), stream(rows))
  const loaded = await load(age, join(folder.path, 'export'))
  const shown = loaded.hf?.train?.rows.map(row =>
    (row.images as { size: number[] }[]).map(({ size }) => size),
  )
  expect(shown).toEqual([
    [
      [8, 6],
      [31, 17],
    ],
    [[31, 17]],
  ])
  for (const name of ['hf', 'llamafactory', 'deepeyes_sft']) {
    const split = loaded[name]?.train
    expect(split?.rows).toHaveLength(2)
    expect(split?.stored[0]).toEqual(
      images.map(({ sha256 }) => ({ bytes: { sha256 }, path: `${sha256}.png` })),
    )
  }
  const why = { stage: 'curate', reason: 'wrong_answer', detail: 'it says 9' }
  const rejected = loaded.rejected?.rejected?.rows
  expect(rejected).toMatchObject([
    { id: 'test/2', ...why, trainable: false, untrainable: 'dropped', images: [{ size: [8, 6] }] },
  ])
})

test('a target without rows is no config of the card, so that each config loads', async () => {
  await using folder = await temporaryFolder()
  const { rows } = await sample()
  const target = join(folder.path, 'export')
  await write(target, stream(rows.filter(({ verdict }) => verdict.keep)), [hf(), rejected()])
  expect(Object.keys(await load('newest', target))).toEqual(['hf'])
  expect(await readdir(join(target, 'rejected', 'data'))).toEqual(['rejected-00000-of-00001.parquet'])
})

test('a target in lines has its pictures as files, each once, and is no config of the card', async () => {
  await using folder = await temporaryFolder()
  const { rows, images } = await sample()
  const target = join(folder.path, 'export')
  const { targets } = await write(target, stream(rows), [hf(), inLines])
  expect(targets.lines).toEqual({ rows: 2, altered: 0, images: 3, declined: {} })
  const pictures = images.map(({ sha256 }) => `images/${sha256.slice(0, 2)}/${sha256}.png`)
  const files = (await tree(join(target, 'lines'))).map(([path]) => path)
  expect(files).toEqual([...pictures.sort(), 'train/train-00000-of-00001.jsonl'])
  for (const [index, path] of pictures.entries())
    expect(
      createHash('sha256')
        .update(await readFile(join(target, 'lines', path)))
        .digest('hex'),
    ).toBe(images.map(({ sha256 }) => sha256).sort()[index])
  const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'))
  expect(manifest.targets[1]).toMatchObject({ name: 'lines', columns: ['id', 'images'], rows: 2 })
  expect(Object.keys(await load('newest', target))).toEqual(['hf'])
})

test('the canonical view holds the conversation, the task and where both came from', async () => {
  await using folder = await temporaryFolder()
  const { rows } = await sample()
  await write(join(folder.path, 'export'), stream(rows))
  const [row] = (await load('newest', join(folder.path, 'export'))).hf?.train?.rows ?? []
  const nothing = { tool_calls: null, tool_call_id: null, name: null, train: false }
  const call = { name: 'python', arguments: '{"code":"print(image_1.size)"}' }
  expect(row).toMatchObject({
    id: 'test/1',
    task_question: 'How wide is the image, in pixels?',
    task_answer: '8',
    teacher_answer: '8',
    outcome: 'answered',
    choices: null,
    sample: 0,
    usage: { input: 20, output: 10, cached: 0, reasoning: 0 },
    altered: false,
    schema_version: 1,
    trainable: true,
    untrainable: null,
    trajectory: [
      { ...nothing, role: 'system', content: 'Solve it.' },
      { ...nothing, role: 'user', content: '<image>\n<image>\nHow wide is the image, in pixels?' },
      {
        ...nothing,
        role: 'assistant',
        content: 'I measure the image first.',
        tool_calls: JSON.stringify([{ id: 'call_1', type: 'function', function: call }]),
        train: true,
      },
      {
        ...nothing,
        role: 'tool',
        content: 'stdout:\n(8, 6)',
        tool_call_id: 'call_1',
        name: 'python',
      },
      { ...nothing, role: 'assistant', content: 'It follows.\n<answer>8</answer>', train: true },
    ],
  })
  expect(JSON.parse(String(row?.facts))).toEqual(rows[0]?.measured.facts)
  expect(JSON.parse(String(row?.provenance))).toMatchObject({
    source: { name: 'test', licence: 'CC0-1.0' },
    teacher: { name: 'test-teacher', options: {}, made_by: 'model', models: ['test-model'] },
    environment: { hash: 'test' },
  })
})

test('the same rows give the same files, byte for byte', async () => {
  await using folder = await temporaryFolder()
  for (const name of ['one', 'other']) {
    const { rows } = await sample()
    await write(join(folder.path, name), stream(rows))
  }
  expect(await tree(join(folder.path, 'one'))).toEqual(await tree(join(folder.path, 'other')))
})

test('an interrupted export leaves the one before it, and no trace on the next', async () => {
  await using folder = await temporaryFolder()
  const target = join(folder.path, 'export')
  const { rows } = await sample()
  await write(target, stream(rows))
  const before = await tree(folder.path)
  async function* broken() {
    yield* rows
    throw new Error('the store is gone')
  }
  await expect(write(target, broken())).rejects.toThrow('the store is gone')
  expect(await tree(folder.path)).toEqual(before)
  for (const remains of [`${target}.draft`, `${target}s/draft`, `${target}s/0007.gone`]) {
    await mkdir(join(remains, 'hf'), { recursive: true })
    await writeFile(join(remains, 'hf', 'leftover.parquet'), 'half')
  }
  await write(target, stream(rows))
  expect(await tree(folder.path)).toEqual(before)
})

test('an export that was stopped while it was put in place is put back before the next', async () => {
  await using folder = await temporaryFolder()
  const target = join(folder.path, 'export')
  await mkdir(`${target}.previous`)
  await writeFile(join(`${target}.previous`, 'README.md'), 'the one before')
  const failing = (async function* (): AsyncGenerator<ExportRow> {
    yield await Promise.reject(new Error('no rows'))
  })()
  await expect(write(target, failing)).rejects.toThrow('no rows')
  expect(await readdir(folder.path)).toEqual(['export'])
  expect(await readFile(join(target, 'README.md'), 'utf8')).toBe('the one before')
})

test('what an export no longer holds is not in its folder', async () => {
  await using folder = await temporaryFolder()
  const target = join(folder.path, 'export')
  const { rows } = await sample()
  await write(target, stream(rows))
  await write(target, stream(rows), [hf()])
  expect((await readdir(target)).sort()).toEqual(['README.md', 'hf', 'manifest.json', 'tables'])
})

test('the manifest lists every file with its hash and counts the funnel', async () => {
  await using folder = await temporaryFolder()
  const target = join(folder.path, 'export')
  const { rows } = await sample()
  const counts = await write(target, stream(rows))
  const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8'))
  expect(manifest.funnel).toEqual({
    refused: [],
    trajectories: 3,
    kept: 2,
    rejected: [{ stage: 'curate', reason: 'wrong_answer', rows: 1 }],
    rescued: [],
  })
  const listed = manifest.files.map((file: { path: string }) => file.path).sort()
  const there = (await tree(target)).map(([path]) => path).filter(path => path !== 'manifest.json')
  expect(listed).toEqual(there)
  for (const { path, sha256 } of manifest.files) {
    const hash = createHash('sha256').update(await readFile(join(target, path)))
    expect([path, sha256]).toEqual([path, hash.digest('hex')])
  }
  expect(manifest.files[0]).toMatchObject({ rows: 2, first: rows[0]?.measured.trajectory.key })
  expect(manifest.targets.map((one: { name: string; rows: number }) => [one.name, one.rows])).toEqual([
    ['hf', 2],
    ['llamafactory', 2],
    ['deepeyes_sft', 2],
    ['rejected', 1],
  ])
  expect(counts.targets.hf).toEqual({ rows: 2, altered: 0, images: 3, declined: {} })
})

test('the folders that LLaMA-Factory reads hold shards and nothing else', async () => {
  await using folder = await temporaryFolder()
  const { rows } = await sample()
  const target = join(folder.path, 'export')
  await write(target, stream(rows))
  for (const name of ['llamafactory', 'deepeyes_sft']) {
    const entries = Object.values(JSON.parse(await readFile(join(target, name, 'dataset_info.json'), 'utf8')))
    for (const { file_name } of entries as { file_name: string }[]) {
      expect(await readdir(join(target, name, file_name))).toEqual(['train-00000-of-00001.parquet'])
    }
  }
})

test('what a target declines is counted with its reason, and stays in the others', async () => {
  await using folder = await temporaryFolder()
  const { rows, images } = await sample()
  const silent = kept(about(images, 4, { turns: [pythonTurn({}, ''), answerTurn('8')] }))
  const { targets } = await write(join(folder.path, 'export'), stream([...rows, silent]))
  expect(targets.hf?.rows).toBe(3)
  expect(targets.deepeyes_sft).toMatchObject({ rows: 2, declined: { no_thought: 1 } })
})

test('the canonical view keeps calls that are no JSON as they were made, and says that nobody is to train on them', async () => {
  const turn = pythonTurn()
  turn.reply.calls = [{ id: 'call_1', name: 'python', arguments: '{"code": 1' }]
  const { images, bytes } = await sample()
  const broken = kept(about(images, 5, { turns: [turn, answerTurn('8')] }))
  const row = await hfRow(broken, { bytes, kinds })
  expect(row).toMatchObject({ trainable: false, untrainable: 'bad_arguments' })
  expect(JSON.stringify(row.trajectory)).toContain(JSON.stringify(JSON.stringify('{"code": 1')).slice(1, -1))
})

test('a run without trajectories writes shards without rows', async () => {
  await using folder = await temporaryFolder()
  const counts = await write(join(folder.path, 'export'), stream([]))
  expect(counts.targets.hf?.rows).toBe(0)
  expect(await readdir(join(folder.path, 'export', 'hf', 'data'))).toEqual(['train-00000-of-00001.parquet'])
})

test('a folder that cannot be written is named in one line', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'file'), '')
  const { rows } = await sample()
  const writing = write(join(folder.path, 'file', 'export'), stream(rows))
  await expect(writing).rejects.toThrow(/file\/export: the export cannot be written: a file stands where/)
})

test('a full disk is one line, and leaves what was there', async () => {
  await using folder = await temporaryFolder()
  const target = join(folder.path, 'export')
  const { rows } = await sample()
  await write(target, stream(rows))
  const before = await tree(folder.path)
  const full = { ...hf(), row: () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })) }
  await expect(write(target, stream(rows), [full])).rejects.toThrow(/export: .*the disk is full/)
  expect(await tree(folder.path)).toEqual(before)
})

test('a file that cannot be read elsewhere is not blamed on the export', async () => {
  await using folder = await temporaryFolder()
  const denied = Object.assign(new Error('denied'), { code: 'EACCES', path: '/elsewhere/blob' })
  const broken = { ...hf(), row: () => Promise.reject(denied) }
  const { rows } = await sample()
  await expect(write(join(folder.path, 'export'), stream(rows), [broken])).rejects.toBe(denied)
})

test('two exports with one name are refused', async () => {
  await using folder = await temporaryFolder()
  const writing = write(join(folder.path, 'export'), stream([]), [hf(), hf()])
  await expect(writing).rejects.toThrow('exports: "hf" cannot name an export')
  expect(await readdir(folder.path)).toEqual([])
})
