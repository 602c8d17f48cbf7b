import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ExportRow } from '../../output/export.ts'
import { questionParts } from '../../output/pictures.ts'
import { hf } from '../../output/targets/hf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { writeExports } from '../../output/write.ts'
import { type ExportedRow, exportedRows } from '../../rollouts/hf.ts'
import { escapesRead, exported } from '../../rollouts/record.ts'
import type { PlainRow } from '../../rollouts/row.ts'
import { hashOf, sha256 } from '../../schemas/hash.ts'
import { Image } from '../../schemas/image.ts'
import { metaOfTask, metaShape } from '../../schemas/meta-shape.ts'
import { imagesIn } from '../../schemas/task.ts'
import { Trajectory } from '../../schemas/trajectory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Problem } from '../../tasks/source.ts'
import { fitting } from '../arbitrary.ts'
import { answerTurn, pythonTurn, temporaryFolder } from '../fixtures.ts'
import { about, album, dropped, kept, run, stream } from '../output/rows.ts'

const pictures = await album([
  [8, 6],
  [31, 17],
  [5, 5],
])
const trajectories = fitting(
  Trajectory,
  new Map([[Image, fc.constantFrom(...pictures.images)]]),
) as fc.Arbitrary<Trajectory>

/** Writes rows and reads them back into a store of its own. */
async function readBack(rows: readonly ExportRow[]): Promise<Record<'hf' | 'rejected', ExportedRow[]>> {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'export')
  const meta = await metaShape(stream(rows.map(({ measured }) => metaOfTask(measured.trajectory.task))))
  const exports = [hf(), rejected()]
  await writeExports({ folder: path, rows: stream(rows), exports, about: run, bytes: pictures.bytes, meta })
  await using store = await openSqliteStore(join(folder.path, 'store'))
  const read = async (name: string) => {
    const found: ExportedRow[] = []
    for await (const row of exportedRows(join(path, name), store)) {
      if ('problem' in row) throw new Error(`${row.place} ${row.problem}`)
      found.push(row)
    }
    return found
  }
  const all = { hf: await read('hf'), rejected: await read('rejected') }
  const shown = rows.flatMap(({ measured }) => imagesIn(questionParts(measured.trajectory)))
  for (const image of shown) expect(await store.getBlob(image.sha256)).toEqual(await pictures.bytes(image))
  return all
}

test('whatever a trajectory holds, it is read back whole, kept or dropped', async () => {
  let altered = 0
  const property = fc.asyncProperty(
    fc.array(trajectories, { minLength: 20, maxLength: 20 }),
    async drafts => {
      const made = drafts.map((draft, index) => ({ ...draft, key: sha256(String(index)) }))
      const rows = made.map((one, index) => (index % 2 ? dropped(one) : kept(one)))
      const read = await readBack(rows)
      const all = [...read.hf, ...read.rejected]
      altered += all.filter(({ row }) => row.altered).length
      const before = [...made.filter((_, index) => index % 2 === 0), ...made.filter((_, index) => index % 2)]
      expect(all.map(({ from }) => from)).toEqual(all.map(() => 'record'))
      expect(all.map(({ trajectory }) => trajectory)).toEqual(
        JSON.parse(JSON.stringify(before.map(exported))),
      )
      expect(read.rejected.map(({ drop }) => drop?.reason)).toEqual(read.rejected.map(() => 'wrong_answer'))
    },
  )
  await fc.assert(property, { numRuns: 4, endOnFailure: true })
  expect(altered).toBeGreaterThan(20)
})

test('a record holds what no other column does, and no picture twice', async () => {
  const [picture] = pictures.images as [Image]
  const turns = [pythonTurn({ images: [picture], droppedImages: 1 }), answerTurn('8')]
  const tolerant = about([picture], 1, { turns })
  const [row] = (await readBack([kept({ ...tolerant, task: { ...tolerant.task, tolerance: 0.01 } })])).hf
  const { pixels, width, height } = picture
  const usage = { input: 10, output: 5 }
  expect(JSON.parse(String(row?.row.record))).toEqual({
    version: 1,
    sha256: hashOf(row?.trajectory),
    images: [{ pixels, width, height }],
    rest: {
      task: { tolerance: 0.01 },
      turns: [
        {
          reply: { usage },
          observations: [{ data: { ...turns[0]?.observations[0]?.data, images: [{ picture: 0 }] } }],
        },
        { reply: { usage } },
      ],
    },
  })
})

test('reasoning is in the record alone, and so is what the wire gave no more than kindling’s own notes', async () => {
  const turn = answerTurn('8')
  const raw = { broken: 'cut', content: 'the whole reply' }
  const turns = [{ ...turn, reply: { ...turn.reply, reasoning: 'the provider’s own', raw } }]
  const [row] = (await readBack([kept(about(pictures.images, 1, { turns }))])).hf
  const { record, ...others } = row?.row ?? {}
  expect(JSON.stringify(others)).not.toMatch(/own|whole reply/)
  expect(JSON.parse(String(record)).rest.turns[0].reply).toMatchObject({
    reasoning: 'the provider’s own',
    raw: { broken: 'cut' },
  })
})

test('what reads like a picture’s number in a record is itself', async () => {
  const row = about(pictures.images, 1)
  const meta = { a: { picture: 0 }, b: [{ picture: 1 }] }
  const read = await readBack([kept({ ...row, task: { ...row.task, meta } })])
  expect(read.hf.map(({ from, trajectory }) => [from, trajectory.task.meta])).toEqual([['record', meta]])
})

test('a name that a record escapes is itself, whatever names others had in its place', () => {
  // Behind the first of these, V8 13.6 reads the second one's escape as a backslash.
  const all = [
    { '': 1, '\\': 2 },
    { '': 3, '<': '\\u003c \\<' },
  ]
  const written = all.map(each => JSON.stringify(each).replaceAll('<', '\\u003c'))
  expect(written.map(each => JSON.parse(escapesRead(each)))).toEqual(all)
})

/** Rows in JSON that an earlier kindling wrote, changed. */
async function readRows(
  change: (row: PlainRow) => PlainRow = row => row,
): Promise<(ExportedRow | Problem)[]> {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'rows.jsonl')
  const lines = (await readFile(join(import.meta.dirname, 'rows-1.jsonl'), 'utf8')).trim().split('\n')
  await writeFile(path, lines.map(line => JSON.stringify(change(JSON.parse(line)))).join('\n'))
  await using store = await openSqliteStore(folder.path)
  return await Array.fromAsync(exportedRows(path, store))
}

test('rows that an earlier kindling wrote are read as they were', async () => {
  const outcomes = ['answered', 'stopped', 'failed'].map(kind => ({ outcome: { kind } }))
  expect(await readRows()).toMatchObject(outcomes.map(trajectory => ({ from: 'record', trajectory })))
})

test('a column is read by the name of today as by the one before', async () => {
  const renamed = ({ messages, question, answer, ...row }: PlainRow): PlainRow => ({
    ...row,
    ...{ trajectory: messages ?? null, task_question: question ?? null, task_answer: answer ?? null },
  })
  const told = (rows: (ExportedRow | Problem)[]) =>
    rows.map(each => ('problem' in each ? each : { ...each, row: null }))
  expect(told(await readRows(renamed))).toEqual(told(await readRows()))
})

test.each<[string, object, ExportedRow['from']]>([
  ['another question', { question: 'Another one?' }, 'changed'],
  ['other messages', { messages: [] }, 'changed'],
  ['no record', { record: null }, 'columns'],
  ['a record that is none', { record: '{"version":' }, 'columns'],
  ['a column of somebody’s own', { right: true }, 'record'],
])('a row with %s', async (_, change, from) => {
  const rows = await readRows(row => ({ ...row, ...change }))
  expect(rows.map(row => ('from' in row ? row.from : row))).toEqual([from, from, from])
})

test('pictures whose bytes were taken out are known by their record, and others are refused by name', async () => {
  const without = (row: PlainRow, path?: string) => ({
    ...row,
    images: (row.images as { path: string }[]).map(image => ({ path: path ?? image.path, bytes: null })),
  })
  expect(await readRows(row => without(row))).toMatchObject([1, 2, 3].map(() => ({ from: 'record' })))
  const [problem] = await readRows(row => without(row, 'a.png'))
  expect(problem).toMatchObject({ problem: 'images: it has no bytes' })
})

test('rows of another shape are refused by their place', async () => {
  const [problem] = await readRows(({ messages, ...row }) => ({ ...row, conversations: messages ?? null }))
  expect(problem).toMatchObject({
    place: expect.stringMatching(/rows.jsonl:1$/),
    problem: 'has no trajectory; give the files of hf/ or rejected/',
  })
})
