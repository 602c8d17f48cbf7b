import { globSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, expect, test } from 'vitest'
import { explain } from '../../cli/exit.ts'
import { reportOf } from '../../cli/report.ts'
import { withoutBefore } from '../../output/numbered/alike.ts'
import { exportRows } from '../../pipeline/jobs/export.ts'
import { openRun } from '../../pipeline/jobs/open-run.ts'
import { settings } from '../../pipeline/settings.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import { intake } from '../../tasks/intake.ts'
import { jsonl } from '../../tasks/jsonl.ts'
import { parquet } from '../../tasks/parquet.ts'
import { chance, pick } from '../../teachers/program/random.ts'
import { png, temporaryFolder } from '../fixtures.ts'
import { commandIn, config, place } from './command.ts'

// FUZZ_SEED draws other damages than those that are tried every time.
const seed = process.env.FUZZ_SEED ?? 'kindling'

const whole = await place()
await whole.tasks([{}, {}])
const first = await whole.kindling(['run', config])
const asked = whole.asked.length
process.env.TEACHER_URL = whole.url
const { default: command } = await import('./command.config.ts')
afterAll(() => whole[Symbol.asyncDispose]())

const runOf = (folder: string) => join(folder, 'runs/command')
const files = globSync('**', { cwd: runOf(whole.folder), withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(entry => join(entry.parentPath, entry.name).slice(runOf(whole.folder).length + 1))
  .sort()

/** What may become of the bytes of a file. */
const damages = {
  cut: (bytes: Buffer, draw: Draw) => bytes.subarray(0, draw(bytes.length)),
  emptied: () => Buffer.alloc(0),
  flipped: (bytes: Buffer, draw: Draw) => overwritten(bytes, draw, 1 + draw(3), 1),
  overwritten: (bytes: Buffer, draw: Draw) => overwritten(bytes, draw, 1, 1 + draw(4096)),
  garbage: (bytes: Buffer, draw: Draw) => overwritten(bytes, draw, 1, bytes.length),
  longer: (bytes: Buffer, draw: Draw) => Buffer.concat([bytes, bytes.subarray(0, 1 + draw(200))]),
  shifted: (bytes: Buffer, draw: Draw) => {
    const at = draw(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + draw(50))])
  },
}
type Damage = keyof typeof damages
const kinds: [Damage, ...Damage[]] = [
  'cut',
  'emptied',
  'flipped',
  'overwritten',
  'garbage',
  'longer',
  'shifted',
]

/** A whole number below a bound; the next one each time. */
type Draw = (below: number) => number

function drawing(...about: (string | number)[]): Draw {
  let count = 0
  return below => Math.floor(chance(seed, ...about, count++) * below)
}

function overwritten(bytes: Buffer, draw: Draw, places: number, length: number): Buffer {
  const changed = Buffer.from(bytes)
  for (let index = 0; index < places; index++) {
    const at = draw(Math.max(1, bytes.length - length))
    for (let next = at; next < Math.min(bytes.length, at + length); next++) changed[next] = draw(256)
  }
  return changed
}

const damagedBytes = (bytes: Buffer, kind: Damage, draw: Draw) => damages[kind](bytes, draw)

/** A copy of the whole run in which one file is damaged, lost, or a folder. */
async function damagedRun(folder: string, number: number): Promise<string> {
  const draw = drawing('run', number)
  await cp(runOf(whole.folder), runOf(folder), { recursive: true, verbatimSymlinks: true })
  const name = files[draw(files.length)] ?? ''
  const path = join(runOf(folder), name)
  const kind = draw(10) === 0 ? 'lost' : draw(10) === 0 ? 'folder' : pick(kinds, seed, 'kind', number)
  const bytes = await readFile(path)
  await rm(path)
  if (kind === 'folder') await mkdir(path)
  else if (kind !== 'lost') await writeFile(path, damagedBytes(bytes, kind, draw))
  return `${kind} ${name}`
}

interface Ended {
  what: string
  exit: number
  text: string
}

/** How work ended, as the command would say it. */
async function ended(what: string, work: () => Promise<unknown>): Promise<Ended> {
  try {
    await work()
    return { what, exit: 0, text: '' }
  } catch (error) {
    return { what, ...explain(error) }
  }
}

const fine = ({ exit, text }: Ended) =>
  exit === 0 || ([2, 74].includes(exit) && text !== '' && text.split('\n').every(line => line.length < 700))
const isStack = ({ text }: Ended) => /^ +at /m.test(text)

const unfit = (all: Ended[]) => all.filter(each => !fine(each) || isStack(each))

const manifest = async (folder: string) =>
  withoutBefore(await readFile(join(runOf(folder), 'export/manifest.json'), 'utf8'))

test('whatever becomes of a file of a run, export and stats say so in a line or are as before', async () => {
  expect(first).toMatchObject({ code: 0 })
  const all: Ended[] = []
  const silent: string[] = []
  for (let number = 0; number < 450; number++) {
    await using folder = await temporaryFolder()
    const what = await damagedRun(folder.path, number)
    const run = { ...settings(command), folder: runOf(folder.path) }
    const opening = { listen: () => {}, signal: new AbortController().signal, asks: 'nobody' } as const
    const end = await ended(what, async () => {
      await using opened = await openRun(run, opening)
      await exportRows(opened)
      await reportOf(run.folder, opened.store)
    })
    all.push(end)
    if (end.exit === 0 && (await manifest(folder.path)) !== (await manifest(whole.folder))) silent.push(what)
  }
  expect(unfit(all)).toEqual([])
  expect(silent).toEqual([])
  expect(all.filter(({ exit }) => exit === 74).length).toBeGreaterThan(100)
})

const fields = { id: 'id', question: 'question', images: 'image', answer: 'answer' }
const options = { fields, source: { name: 'own', licence: 'CC0-1.0' } }
const image = await png()
const ids = ['one', 'two', 'three', 'four', 'five']
const lines = ids.map(id =>
  JSON.stringify({ id, question: `What is ${id}?`, image: dataUrl(image), answer: id }),
)
const text = Buffer.from(`${lines.join('\n')}\n`)

function dataUrl(bytes: Buffer) {
  return `data:image/png;base64,${bytes.toString('base64')}`
}

const compressors = { BROTLI: brotliCompressSync, GZIP: gzipSync, ZSTD: zstdCompressSync }

/** The same rows in Parquet. */
const parquetOf = (codec: 'BROTLI' | 'GZIP' | 'ZSTD' | 'SNAPPY' | 'UNCOMPRESSED') =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ids, type: 'STRING' },
        { name: 'question', data: ids.map(id => `What is ${id}?`), type: 'STRING' },
        { name: 'image', data: ids.map(() => image), type: 'BYTE_ARRAY' },
        { name: 'answer', data: ids, type: 'STRING' },
      ],
      rowGroupSize: 2,
      codec,
      compressors,
    }),
  )

const inputs = [
  { name: 'tasks.jsonl', bytes: text, count: 400, read: (path: string) => jsonl(path, options) },
  { name: 'tasks.jsonl.gz', bytes: gzipSync(text), count: 50, read: (path: string) => jsonl(path, options) },
  ...(['BROTLI', 'GZIP', 'ZSTD', 'SNAPPY', 'UNCOMPRESSED'] as const).map(codec => ({
    name: `${codec}.parquet`,
    bytes: parquetOf(codec),
    count: 20,
    read: (path: string) => parquet(path, options),
  })),
]

test.each(inputs)('whatever becomes of $name, it is taken in or refused in lines', async input => {
  const { name, bytes, count, read } = input
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  const path = join(folder.path, name)
  const all: Ended[] = []
  for (let number = 0; number < count; number++) {
    const kind = pick(kinds, seed, name, number)
    await writeFile(path, damagedBytes(bytes, kind, drawing(name, number)))
    all.push(await ended(`${kind} ${number}`, () => intake([read(path)], store)))
  }
  expect(unfit(all)).toEqual([])
  expect(all.filter(({ exit }) => exit === 2).length).toBeGreaterThan(count / 4)
})

/** Twenty of them, as a user would meet them. */
test('the command refuses what is damaged in a line, and asks nobody', async () => {
  const all: Ended[] = []
  for (let number = 0; number < 20; number++) {
    await using folder = await temporaryFolder()
    await cp(whole.folder, folder.path, { recursive: true, verbatimSymlinks: true })
    await rm(runOf(folder.path), { recursive: true })
    const what = await damagedRun(folder.path, number)
    const { kindling } = commandIn(folder.path, { TEACHER_URL: whole.url })
    const { code, err } = await kindling([number % 2 === 0 ? 'run' : 'export', config, '--json'])
    const said = err.split('\n').filter(line => line !== '' && !line.startsWith('{'))
    all.push({ what, exit: code ?? -1, text: code === 0 ? '' : said.join('\n') })
  }
  expect(unfit(all)).toEqual([])
  expect(whole.asked.length).toBe(asked)
})
