import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import sharp from 'sharp'
import { duplicates } from '../filters/duplicates.ts'
import type { Measured } from '../filters/filter.ts'
import type { Workspace } from '../filters/selector.ts'
import { openDecisionTable } from '../pipeline/decide/decision-table.ts'
import { sha256 } from '../schemas/hash.ts'
import { keepImage } from '../store/images.ts'
import { openSqliteStore, sqlite } from '../store/sqlite.ts'
import { measuredWithProcesses } from './contenders.ts'
import { photoLike } from './photo-like.ts'

/**
 * Prints what `duplicates()` costs over ever more pictures that share nothing, how many it compares closely, for how
 * long it keeps the event loop, and, but for `alone`, how many changed copies of the last hundred it finds among all.
 * `node bench/distinct-images.ts 250,500,1000 [folder of photos, or -] [alone]`
 */
const [counts = '250,500,1000', photos, onlyCosts] = process.argv.slice(2)

type Change = (bytes: Buffer, size: { width: number; height: number }) => Promise<Buffer>

const part = (bytes: Buffer, share: number, { width, height }: { width: number; height: number }) =>
  sharp(bytes).extract({
    left: Math.round((width * (1 - share)) / 3),
    top: Math.round((height * (1 - share)) / 2),
    width: Math.round(width * share),
    height: Math.round(height * share),
  })

const changes: Record<string, Change> = {
  'JPEG 50': bytes => sharp(bytes).jpeg({ quality: 50 }).toBuffer(),
  'half the size': (bytes, { width }) =>
    sharp(bytes)
      .resize(Math.round(width / 2))
      .png()
      .toBuffer(),
  mirrored: bytes => sharp(bytes).flop().png().toBuffer(),
  'crop to 80 % a side': (bytes, size) => part(bytes, 0.8, size).png().toBuffer(),
  'crop to 70 %, mirrored, half the size, JPEG 50': async (bytes, size) =>
    sharp(await part(bytes, 0.7, size).flop().png().toBuffer())
      .resize(Math.round(size.width * 0.35))
      .jpeg({ quality: 50 })
      .toBuffer(),
}

const compared = duplicates({ by: 'image', prefer: [] })

/** Keys sort as the numbers do. */
const keyOf = (number: number, name = '') =>
  number.toString(16).padStart(16, '0') + sha256(`${number} ${name}`).slice(16)

async function madePictures(count: number): Promise<Buffer[]> {
  if (photos && photos !== '-') return await photographs(photos, count)
  const made: Buffer[] = []
  for (let index = 0; index < count; index++) made.push(await photoLike(`distinct ${index}`))
  return made
}

/** No two of the same bytes. */
async function photographs(folder: string, count: number): Promise<Buffer[]> {
  const names = (await readdir(folder)).filter(name => /\.(jpe?g|png)$/i.test(name)).sort()
  const all = await Promise.all(names.map(name => readFile(join(folder, name))))
  return [...new Map(all.map(bytes => [sha256(bytes), bytes])).values()].slice(0, count)
}

for (const count of counts.split(',').map(Number)) {
  const pictures = await madePictures(count)
  await passOver(pictures)
}

async function passOver(pictures: Buffer[]) {
  const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
  {
    await using store = await openSqliteStore(folder)
    await using decisions = await openDecisionTable({
      config: { folder, store: sqlite() },
      store,
      signal: new AbortController().signal,
    })
    const rowOf = async (bytes: Buffer, key: string) =>
      ({
        trajectory: {
          key,
          task: { id: key, question: 'What is it?', answer: 'it', images: [await keepImage(store, bytes)] },
          turns: [],
        },
        facts: [],
      }) as unknown as Measured
    const rows = await Promise.all(pictures.map((bytes, index) => rowOf(bytes, keyOf(index))))
    const each = (cpu: number) => `${((1000 * cpu) / pictures.length).toFixed(1)} CPU ms`
    const sketched = await sketch(decisions, rows)
    const first = await select(decisions, rows)
    console.log(
      [
        `${String(pictures.length).padStart(5)} pictures  ${(sketched.cpu + first.cpu).toFixed(1)} CPU s`,
        `a picture: sketch ${each(sketched.cpu)}, comparison ${each(first.cpu)} with ${(first.looks / pictures.length).toFixed(2)} close looks`,
        `event loop kept for ${first.blocked.toFixed(0)} CPU ms at most`,
        `taken for each other: ${first.gone.size}`,
      ].join(', '),
    )
    const again = await select(decisions, rows)
    console.log(`      again: ${again.cpu.toFixed(1)} CPU s`)
    const last = pictures.slice(-100)
    for (const [name, change] of onlyCosts ? [] : Object.entries(changes)) {
      const copies: Measured[] = []
      for (const [index, bytes] of last.entries()) {
        const { width, height } = await sharp(bytes).metadata()
        copies.push(await rowOf(await change(bytes, { width, height }), keyOf(2 ** 40 + index, name)))
      }
      const { gone, cpu } = await select(decisions, [...rows, ...copies])
      const right = copies.filter(
        ({ trajectory }, index) =>
          gone.get(trajectory.key) === rows.at(index - last.length)?.trajectory.key.slice(0, 12),
      )
      const wrong = copies.filter(({ trajectory }) => gone.has(trajectory.key)).length - right.length
      console.log(
        `      ${name.padEnd(48)} found ${(right.length / copies.length).toFixed(2)}, wrongly ${wrong}  ${(((cpu - again.cpu) * 1000) / copies.length).toFixed(0)} CPU ms each`,
      )
    }
  }
  await rm(folder, { recursive: true })
}

/** What a part or a worker does. */
async function sketch(decisions: Awaited<ReturnType<typeof openDecisionTable>>, rows: Measured[]) {
  await using workspace = await decisions.workspace('bench')
  const limit = pLimit(availableParallelism())
  return await measuredWithProcesses(async () => {
    await limit.map(rows, row => compared.prepare?.(row, workspace))
  })
}

async function select(decisions: Awaited<ReturnType<typeof openDecisionTable>>, rows: Measured[]) {
  await using workspace = await decisions.workspace('bench')
  let looks = 0
  const counted: Workspace = {
    ...workspace,
    remember: (method, hash, make) =>
      workspace.remember(method, hash, () => {
        if (method.startsWith('same-picture')) looks++
        return make()
      }),
  }
  const gone = new Map<string, string>()
  const turn = longestTurn()
  const cost = await measuredWithProcesses(async () => {
    for await (const { key, detail } of compared.select(each(rows), counted))
      gone.set(key, detail.split(' ').at(-1) ?? '')
  })
  return { ...cost, looks, gone, blocked: turn() }
}

/** Milliseconds of this thread's processor time in one turn of the event loop, at most, so that a busy machine does not count. */
function longestTurn(): () => number {
  let [longest, before] = [0, process.threadCpuUsage()]
  const interval = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before)
    longest = Math.max(longest, (user + system) / 1000)
    before = process.threadCpuUsage()
  }, 1)
  return () => {
    clearInterval(interval)
    return longest
  }
}

async function* each(rows: Measured[]) {
  yield* rows
}
