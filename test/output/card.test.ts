import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Schema } from 'apache-arrow'
import { expect, test } from 'vitest'
import { cardOf } from '../../output/card.ts'
import { columnsOf, type Decision, type ExportRow } from '../../output/export.ts'
import { manifestOf } from '../../output/manifest.ts'
import type { RunAbout } from '../../output/run-about.ts'
import { summarise } from '../../output/summary.ts'
import { hf, hfColumns } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { rejected } from '../../output/targets/rejected.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { couldNotTell, fail, type Measurement, pass } from '../../schemas/measurement.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { droppedBy, observation, pythonTurn, reply, temporaryFolder, trajectory } from '../fixtures.ts'
import { reading } from '../readers.ts'
import { inLines, run } from './rows.ts'

const file = { path: 'hf/data/x.parquet', bytes: 100, sha256: '', rows: 2, first: '', last: '' }
const written = [
  {
    name: 'hf',
    target: hf(),
    counts: { rows: 2, altered: 1, images: 3, declined: {} },
    arrowBytes: 250,
    files: [file],
  },
  {
    name: 'rejected',
    target: rejected(),
    counts: { rows: 1, altered: 0, images: 1, declined: { odd: 1 } },
    arrowBytes: 150,
    files: [{ ...file, rows: 1 }],
  },
]

const row = (trajectory: Trajectory, verdict: Decision, facts: Fact[] = []): ExportRow => ({
  measured: { trajectory, facts },
  verdict,
})

function cardFor(kept: Trajectory[], dropped: Trajectory[] = [], about: RunAbout = run): string {
  const seen = summarise()
  for (const one of kept) seen.add(row(one, { keep: true }))
  for (const one of dropped) seen.add(row(one, droppedBy('curate', 'wrong_answer')))
  return cardOf(about, seen.result(), written)
}

const sourced = (name: string, licence: string): Trajectory => {
  const base = trajectory()
  return { ...base, task: { ...base.task, source: { name, licence } } }
}

async function header(card: string): Promise<Record<string, unknown>> {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'README.md'), card)
  return await reading('newest', 'yaml_header.py', join(folder.path, 'README.md'))
}

test('the header has a config per target, with exact counts and every column', async () => {
  const parsed = await header(cardFor([trajectory()]))
  expect(parsed).toMatchObject({
    license: 'cc0-1.0',
    size_categories: ['n<1K'],
    configs: [
      { config_name: 'hf', default: true, data_files: [{ split: 'train', path: 'hf/data/*.parquet' }] },
      { config_name: 'rejected', data_files: [{ split: 'rejected', path: 'rejected/data/*.parquet' }] },
    ],
    dataset_info: [
      {
        config_name: 'hf',
        splits: [{ name: 'train', num_bytes: 250, num_examples: 2 }],
        download_size: 100,
        dataset_size: 250,
      },
      { config_name: 'rejected', splits: [{ name: 'rejected', num_bytes: 150, num_examples: 1 }] },
    ],
  })
  const [info] = parsed.dataset_info as { features: { name: string }[] }[]
  expect(info?.features.map(({ name }) => name)).toEqual(columnsOf(hf()))
  expect(info?.features).toContainEqual({ name: 'images', sequence: 'image' })
})

test('the first table says which config is for which trainer, and how it is loaded there', () => {
  const [one] = written
  if (!one) throw new Error('nothing was written')
  const targets = [hf(), rejected(), llamaFactory(), inLines]
  const card = cardOf(
    run,
    summarise().result(),
    targets.map(target => ({ ...one, target })),
  )
  const [table] = card.match(/(?<=## For which trainer\n\n)(\|.*\|\n)+/) ?? []
  const cells = (table ?? '').trim().split('\n').slice(2)
  expect(cells.map(line => line.slice(2, -2).split(' | '))).toEqual([
    ['hf', 'reading, no trainer', '2', 'datasets.load\\_dataset(folder, "hf")'],
    ['rejected', 'auditing, no trainer', '2', 'datasets.load\\_dataset(folder, "rejected")'],
    ['llamafactory', 'LLaMA-Factory', '2', 'in the folder: llamafactory-cli train kindling.yaml'],
    ['lines', 'reading, no trainer', '2', 'the lines of lines/train/'],
  ])
  expect(card.indexOf('| --- |')).toBe(
    card.indexOf(table ?? '') + '| config | for | rows | how to load it |\n'.length,
  )
})

test('a name that looks like YAML or Markdown stays a name', async () => {
  const name = 'a: "b" # | *c*\n---\n<script>'
  const card = cardFor([trajectory()], [], { ...run, name })
  expect(await header(card)).toMatchObject({ pretty_name: name })
  expect(card).toContain('# a: "b" \\# \\| \\*c\\* --- \\<script\\>')
})

test('the header is written alike by every version, however long its texts are', () => {
  const name = 'word '.repeat(60).trim()
  expect(cardFor([trajectory()], [], { ...run, name })).toMatch(
    new RegExp(
      `^---\npretty_name: "${name}"\nlicense: "cc0-1.0"\ntask_categories:\n {2}- "image-text-to-text"\n`,
    ),
  )
  expect(cardFor([trajectory()])).toContain(`configs:
  - config_name: "hf"
    default: true
    data_files:
      - split: "train"
        path: "hf/data/*.parquet"
  - config_name: "rejected"
`)
})

test('several licences are "other" in the header and each is named in the table', async () => {
  const card = cardFor([sourced('one', 'CC0-1.0'), sourced('one', 'CC0-1.0'), sourced('two', 'MIT')])
  expect(await header(card)).toMatchObject({ license: 'other' })
  expect(card).toContain('| one | CC0-1.0 |  | 2 |\n| two | MIT |  | 1 |')
})

test('rows are counted by licence, whatever their source and its spelling', () => {
  const rows = [sourced('one', 'CC BY 4.0'), sourced('two', 'cc-by-4.0'), sourced('two', 'unknown')]
  const counted = '| licence | rows |\n| --- | --- |\n| cc-by-4.0 | 2 |\n| unknown | 1 |\n'
  expect(cardFor(rows)).toContain(`## Licences of the rows\n\n${counted}`)
})

test('a source is named once, with its address where all its rows share one', () => {
  const at = (url: string): Trajectory => {
    const base = sourced('one', 'MIT')
    return { ...base, task: { ...base.task, source: { ...base.task.source, url } } }
  }
  expect(cardFor([at('https://a.example'), at('https://a.example')])).toContain(
    '| one | MIT | https://a.example | 2 |',
  )
  const each = ['a', 'b', 'a'].map(name => at(`https://${name}.example`))
  expect(cardFor(each)).toContain('| one | MIT |  | 3 |')
})

test('of more sources than a reader takes in the most frequent are named', () => {
  const rows = Array.from({ length: 102 }, (_, index) => sourced(`set ${index}`, 'MIT'))
  const card = cardFor([...rows, sourced('set 101', 'MIT')])
  expect(card).toContain('| set 101 | MIT |  | 2 |')
  expect(card).toContain('| and 2 more |  |  |  |')
})

test('fields of meta that hold JSON are named', () => {
  const meta = new Map([['odd\\_one', 'json'] as const, ['plain', 'text'] as const])
  const { lines: _, ...one } = hf()
  const target = { ...one, schema: new Schema(hfColumns(meta)) }
  const [first] = written
  const card = cardOf(run, summarise().result(), first ? [{ ...first, target }] : [])
  expect(card).toContain('Of `meta`, these fields hold JSON: odd\\\\\\_one.')
})

test('what searches showed is named with its licence, and counts for the licence of the whole', async () => {
  const result = { id: 'p', title: 'P', snippet: '', licence: 'CC-BY-4.0', image: null, score: 1 }
  const data = { kind: 'results' as const, provider: 'flags', query: 'q', results: [result, result] }
  const turn = { reply: reply(), observations: [observation({ data })] }
  const card = cardFor([{ ...trajectory(), turns: [turn, turn] }])
  expect(card).toContain('| search in flags | CC-BY-4.0 |  | 1 |')
  expect(await header(card)).toMatchObject({ license: 'other' })
})

test('rows of a program are said to be a program’s, those of a model are not', () => {
  const raw = { kindling: { program: 'kindling-program-1', skill: 'lines', planted: null } }
  const turn = { ...pythonTurn(), reply: reply({ raw, model: 'kindling-program-1' }) }
  const card = cardFor([{ ...trajectory(), teacher: { name: 'program', options: {} }, turns: [turn] }])
  expect(card).toContain('written by a program, not by a language model')
  expect(card).toContain('| program | program | kindling-program-1 | 1 |')
  expect(cardFor([trajectory()])).not.toContain('written by a program')
})

test('screens, filters and selectors are named in their order, with settings and what each dropped', () => {
  const step = (name: string, options: JsonObject = {}) => ({ name, version: 1, options })
  const screens = [step('hard', { k: 8, most: 2 }), step('hard_words', { list: 'a|b' })]
  const filters = [
    step('passed', { names: ['answer'] }),
    step('curate'),
    step('passed', { names: ['judge'] }),
  ]
  const notes = [{ by: 'curate', about: 'exam', counts: { compared: 3, same: 1 }, examples: ['x/1', 'x/2'] }]
  const about: RunAbout = { ...run, config: { screens, filters }, notes }
  const seen = summarise()
  const screening = { task: trajectory().task, route: 'drop' as const, detail: '', data: {} }
  for (const [by, reason] of [
    ['hard', 'words_rude'],
    ['hard_words', 'rude'],
    ['hard_words', 'rude'],
  ] as const)
    seen.addTask({ ...screening, by, reason })
  for (const stage of ['curate', 'passed', 'curate']) seen.add(row(trajectory(), droppedBy(stage, 'wrong')))
  expect(cardOf(about, seen.result(), written)).toContain(`## How tasks and rows were chosen

| what | name | settings | dropped |
| --- | --- | --- | --- |
| screen of tasks | hard | k 8, most 2 | 1 |
| screen of tasks | hard\\_words | list a\\|b | 2 |
| filter of rows | passed | names \\["answer"\\] |  |
| filter of rows | curate |  | 2 |
| filter of rows | passed | names \\["judge"\\] | 1 |

What those that look at all rows at once had to say:

| name | about | counts | such as |
| --- | --- | --- | --- |
| curate | exam | compared 3, same 1 | x/1, x/2 |

## Funnel
`)
  expect(cardFor([trajectory()])).not.toContain('were chosen')
})

test('the funnel leads from what was refused to what was kept', () => {
  const refused = [{ stage: 'screen', reason: 'duplicate', rows: 4 }]
  const card = cardFor([trajectory()], [trajectory(), trajectory()], { ...run, refused })
  expect(card).toContain(
    '| screen | duplicate | 4 |\n| synthesize | trajectories | 3 |\n| curate | wrong\\_answer | 2 |\n| export | kept | 1 |',
  )
})

test('what checks said of all rows is counted in three columns, in the card and in the manifest', () => {
  const fact = (measured: Measurement, check = 'code_errors'): Fact => ({ check, version: 1, ...measured })
  const seen = summarise()
  seen.add(row(trajectory(), { keep: true }, [fact(pass()), fact(pass(), 'format')]))
  for (const measured of [fail('unrecovered'), couldNotTell('no_record'), couldNotTell('no_record')])
    seen.add(row(trajectory(), droppedBy('passed', measured.reason), [fact(measured)]))
  const summary = seen.result()
  expect(cardOf(run, summary, written)).toContain(`## Checks

| check | passed | failed | could not tell |
| --- | --- | --- | --- |
| code\\_errors | 1 | 1 | 2 |
| format | 1 | 0 | 0 |
`)
  expect(
    JSON.parse(manifestOf(run, summary, written, { tables: [], others: [], before: null })).checks,
  ).toEqual([
    { check: 'code_errors', passed: 1, failed: 1, could_not_tell: 2 },
    { check: 'format', passed: 1, failed: 0, could_not_tell: 0 },
  ])
  expect(cardFor([trajectory()])).not.toContain('## Checks')
})

test('the card says how many pictures were drawn anew, and why, and not where none was', () => {
  const counts = { pictures: 20, 'drawn anew': 3, 'on white': 2, upright: 1 }
  const notes = [{ by: 'intake', about: 'pictures of tasks', counts, examples: ['x/1'] }]
  const seen = summarise()
  seen.add(row(trajectory(), { keep: true }))
  const card = cardOf({ ...run, notes }, seen.result(), written)
  expect(card).toContain(
    '3 of 20 pictures of the tasks were drawn anew, so that everyone sees the same: 2 on white, 1 upright.',
  )
  expect(card).not.toContain('intake')
  expect(cardFor([trajectory()])).not.toContain('drawn anew')
})

test('it says which signals kept rows have, by teacher, and nothing where none was seen', () => {
  const fact = (...names: string[]): Fact => ({
    ...pass(names.join(' '), { signals: names.map(name => ({ name, turn: 1, words: 'I guess.' })) }),
    check: 'signals',
    version: 1,
  })
  const seen = summarise()
  seen.add(row(trajectory(), { keep: true }, [fact('educated_guess', 'apology')]))
  seen.add(row(trajectory(), { keep: true }, [fact('educated_guess')]))
  seen.add(row(trajectory(), droppedBy('curate', 'wrong_answer'), [fact('apology')]))
  const card = cardOf(run, seen.result(), written)
  expect(card).toMatch(
    /\| teacher \| signal \| rows \|\n\|[- |]+\|\n.*educated\\_guess \| 2 \|\n.*apology \| 1 \|\n/,
  )
  expect(cardFor([trajectory()])).not.toContain('## Signals')
})
