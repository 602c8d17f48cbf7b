import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { charts } from '../examples/demo/charts.ts'
import { drawings } from '../examples/demo/drawings.ts'
import { flags } from '../examples/demo/flags.ts'
import { type Random, random } from '../examples/demo/random.ts'
import { nearPictures } from '../images/near-pictures.ts'
import { openDecisionTable } from '../pipeline/decide/decision-table.ts'
import { sha256 } from '../schemas/hash.ts'
import { openSqliteStore, sqlite } from '../store/sqlite.ts'
import type { TaskSource } from '../tasks/source.ts'
import { measuredWithProcesses } from './contenders.ts'

/**
 * Prints how often an image is found again after what may be done to a copy, how often another is taken for it, and which
 * originals are taken for each other. Material: the demo's images, of which many look alike, and the photographs that come
 * with Python's scikit-image.
 */
interface Original {
  kind: string
  id: string
  bytes: Uint8Array
}

const count = Number(process.argv[2] ?? 60)
const photographs = '/usr/lib/python3/dist-packages/skimage/data'

async function* ofTasks(source: TaskSource): AsyncIterable<Original> {
  for await (const draft of source.read())
    if ('images' in draft)
      for (const image of draft.images)
        if ('bytes' in image) yield { kind: source.name, id: draft.id, bytes: image.bytes }
}

async function* photos(): AsyncIterable<Original> {
  const names = await readdir(photographs).catch(() => [])
  for (const name of names.filter(name => /\.(png|jpe?g)$/.test(name)).sort()) {
    const bytes = await readFile(join(photographs, name))
    const size = await sharp(bytes)
      .metadata()
      .catch(() => ({ width: 0, height: 0 }))
    // The folder also holds test patterns in several encodings, which are the same image.
    const isPattern = /^(chessboard|truncated|multipage|bw_text|checker|no_time)/.test(name)
    if (Math.min(size.width, size.height) > 100 && !isPattern) yield { kind: 'photographs', id: name, bytes }
  }
}

async function cropped(bytes: Uint8Array, share: number, chance: Random): Promise<Buffer> {
  const size = await sharp(bytes).metadata()
  const [width, height] = [Math.floor(size.width * share), Math.floor(size.height * share)]
  const [left, top] = [chance.integer(0, size.width - width), chance.integer(0, size.height - height)]
  return await sharp(bytes).extract({ left, top, width, height }).png().toBuffer()
}

async function scaled(bytes: Uint8Array, across: number, down: number): Promise<Buffer> {
  const { width, height } = await sharp(bytes).metadata()
  return await sharp(bytes)
    .resize(Math.round(width * across), Math.round(height * down), { fit: 'fill' })
    .png()
    .toBuffer()
}

const jpeg = (bytes: Uint8Array, quality: number) =>
  sharp(bytes).flatten({ background: 'white' }).jpeg({ quality }).toBuffer()
const mirrored = (bytes: Uint8Array) => sharp(bytes).flop().png().toBuffer()

async function bordered(bytes: Uint8Array): Promise<Buffer> {
  const edge = Math.round(((await sharp(bytes).metadata()).width ?? 0) * 0.04)
  return await sharp(bytes)
    .flatten({ background: 'white' })
    .extend({ top: edge, bottom: edge, left: edge, right: edge, background: '#222' })
    .png()
    .toBuffer()
}

const changes: Record<string, (bytes: Uint8Array, chance: Random) => Promise<Buffer>> = {
  'JPEG 50': bytes => jpeg(bytes, 50),
  'half the size': bytes => scaled(bytes, 0.5, 0.5),
  '80 % as wide': bytes => scaled(bytes, 0.8, 1),
  'mirrored, JPEG 50': async bytes => jpeg(await mirrored(bytes), 50),
  'border of 4 %': bordered,
  'crop to 90 % a side': (bytes, chance) => cropped(bytes, 0.9, chance),
  'crop to 80 % a side': (bytes, chance) => cropped(bytes, 0.8, chance),
  'crop to 70 % a side': (bytes, chance) => cropped(bytes, 0.7, chance),
  'crop to 70 %, mirrored, half the size, JPEG 50': async (bytes, chance) =>
    jpeg(await mirrored(await scaled(await cropped(bytes, 0.7, chance), 0.5, 0.5)), 50),
}

const sources = [flags, charts, drawings].map(source => ofTasks(source({ seed: 20260101, count })))
const originals: Original[] = []
for (const source of [...sources, photos()]) for await (const original of source) originals.push(original)

const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
{
  await using store = await openSqliteStore(folder)
  await using decisions = await openDecisionTable({
    config: { folder, store: sqlite() },
    store,
    signal: new AbortController().signal,
  })
  await using workspace = await decisions.workspace('bench')
  const pictures = nearPictures(workspace, 'bench')
  const pictureOf = (bytes: Uint8Array) => ({ sha256: sha256(bytes), bytes: async () => bytes })
  const numbers = new Map<Original, number>()
  const placing = await measuredWithProcesses(async () => {
    for (const original of originals) {
      const number = await pictures.place(pictureOf(original.bytes))
      const twin = [...numbers].find(([, other]) => other === number)?.[0]
      if (twin) console.log(`taken for each other: ${twin.id} and ${original.id}`)
      numbers.set(original, number)
    }
  })
  console.log(
    `${originals.length} originals; ${milliseconds(placing.cpu, originals.length)} CPU ms to put one down`,
  )
  for (const [name, change] of Object.entries(changes)) await report(name, change)

  async function report(name: string, change: (bytes: Uint8Array, chance: Random) => Promise<Buffer>) {
    const chance = random(name)
    const found = new Map<string, { right: number; wrong: number; of: number }>()
    let cpu = 0
    for (const original of originals) {
      const changed = await change(original.bytes, chance)
      const tally = found.get(original.kind) ?? { right: 0, wrong: 0, of: 0 }
      found.set(original.kind, tally)
      tally.of++
      const cost = await measuredWithProcesses(async () => {
        const number = await pictures.find(pictureOf(changed))
        if (number === numbers.get(original)) tally.right++
        else if (number !== undefined) tally.wrong++
      })
      cpu += cost.cpu
    }
    const shares = [...found].map(
      ([kind, { right, wrong, of }]) =>
        `${kind} ${(right / of).toFixed(2)}${wrong > 0 ? ` (${wrong} wrong)` : ''}`,
    )
    console.log(`${name.padEnd(48)} ${shares.join('  ')}  ${milliseconds(cpu, originals.length)} CPU ms`)
  }
}
await rm(folder, { recursive: true })

function milliseconds(seconds: number, items: number): string {
  return ((seconds * 1000) / items).toFixed(0)
}
