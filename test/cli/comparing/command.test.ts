import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Comparison } from '../../../pipeline/compare/comparison.ts'
import { validator } from '../../../schemas/validate.ts'
import { config, measuring, place } from '../command.ts'

const isComparison = validator(Comparison)

/** What every result line begins with. */
const heads = ['kind', 'command', 'started', 'seconds', 'status', 'meaning']

const comparisonIn = (out: string): Comparison => {
  const own = Object.entries(JSON.parse(out)).filter(([key]) => !heads.includes(key))
  const read = isComparison(Object.fromEntries(own))
  if (!read.ok) throw new Error(`${read.field} ${read.message}`)
  return read.value
}

test('two regenerations of a run are compared as they lie there, and a job is told by the status', async () => {
  let generation = 0
  // What was measured is told wrongly of one task when it is asked anew.
  await using here = await place((arrived, number) => {
    const said = measuring(arrived, number)
    return typeof said === 'object' && generation === 1
      ? JSON.parse(JSON.stringify(said).replace('<answer>9<', '<answer>90<'))
      : said
  })
  await here.tasks([{}, {}, {}, {}])
  expect(await here.kindling(['run', config])).toMatchObject({ code: 0 })
  generation = 1
  expect(await here.kindling(['run', config, '--refresh'])).toMatchObject({ code: 0 })
  expect(await readdir(join(here.folder, 'runs/command/exports'))).toEqual(['0001', '0002'])

  const exports = ['runs/command/exports/0001', 'runs/command/exports/0002']
  const json = await here.kindling([
    'diff',
    ...exports,
    '--json',
    '--html',
    'page.html',
    '--gate',
    'lost=25%',
  ])
  expect(json, json.err).toMatchObject({ code: 0, err: '' })
  const comparison = comparisonIn(json.out)
  expect(comparison).toMatchObject({
    before: { kind: 'export', name: 'command', rows: 'all' },
    rows: { aligned: 4, same: 3, lost: 1, new: { kept: 0 }, gone: { kept: 0 }, answers: { both: 4 } },
    counts: expect.arrayContaining([{ what: ['checks', 'answer', 'failed'], before: 0, after: 1 }]),
    made: [],
    gate: [{ name: 'lost', found: 0.25, passed: false }],
  })
  expect(comparison.rows?.rows).toMatchObject([
    { change: 'lost', task: 'width/2', from: 'kept', to: 'passed/answer_wrong', anew: true },
  ])
  expect(comparison.rows?.answers.changed).toMatchObject([{ before: '9', after: '90', truth: '9' }])
  expect(await readFile(join(here.folder, 'page.html'), 'utf8')).toContain('width/2')

  const gated = await here.kindling(['diff', ...exports, '--gate', 'lost=24%', '--gate', 'rows=50%'])
  expect(gated.code).toBe(8)
  expect(gated.err).toBe('--gate: lost 25.0 % (1 of 4 rows that were kept); the limit is 24.0 %\n')
  expect(gated.out).toMatch(/kept, now dropped +1$/m)

  // The run is its last export, and the same bytes are the same.
  for (const [before, after] of [
    ['command', 'runs/command/export'],
    ['runs/command/exports/0002', 'command'],
    ['runs/command/exports/0002', 'runs/command/export'],
  ] as const) {
    const { rows, counts, made, wanting } = comparisonIn(
      (await here.kindling(['diff', before, after, '--json'])).out,
    )
    expect(wanting.filter(line => !line.endsWith('give the run for them'))).toEqual([])
    expect({ rows, counts, made }).toMatchObject({
      rows: {
        aligned: 4,
        same: 4,
        saidTheSame: 4,
        rows: [],
        answers: { changed: [] },
        tasks: { changed: [] },
      },
      counts: [],
      made: [],
    })
  }
})

test.each([
  [
    'what is nowhere',
    ['none', 'none'],
    /^none is neither a run, the folder of an export nor a manifest\.json; give/,
  ],
  [
    'a file that is no manifest',
    ['tasks.jsonl', 'none'],
    /^tasks\.jsonl is no manifest of an export; give the/,
  ],
  ['a misspelt limit', ['none', 'none', '--gate', 'flip=5%'], /^--gate flip=5%: .* did you mean flips\?\n$/],
  ['a misspelt option', ['none', 'none', '--gates', 'flips=5%'], /^error: unknown option '--gates'/],
])('%s is refused in one line', async (_, args, line) => {
  await using here = await place()
  await here.tasks([{}])
  const { code, out, err } = await here.kindling(['diff', ...args])
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(line)
  expect(err).not.toMatch(/^ +at /m)
})
