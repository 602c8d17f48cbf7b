import sharp from 'sharp'
import { expect, test } from 'vitest'
import { charts } from '../../examples/demo/charts.ts'
import { nearPictures } from '../../images/near-pictures.ts'
import { openDecisionTable } from '../../pipeline/decide/decision-table.ts'
import { sha256 } from '../../schemas/hash.ts'
import { openSqliteStore, sqlite } from '../../store/sqlite.ts'
import { temporaryFolder } from '../fixtures.ts'

const { signal } = new AbortController()

const drafts = await Array.fromAsync(charts({ seed: 20260101, count: 8 }).read())
const pictures = drafts.flatMap(draft =>
  'images' in draft
    ? draft.images.flatMap(image => ('bytes' in image ? [Buffer.from(image.bytes)] : []))
    : [],
)
const [chart = Buffer.of()] = pictures
const { width, height } = await sharp(chart).metadata()

const pictureOf = (bytes: Uint8Array) => ({ sha256: sha256(bytes), bytes: async () => bytes })

async function withPictures(work: (near: ReturnType<typeof nearPictures>) => Promise<void>) {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await using decisions = await openDecisionTable({
    config: { folder: folder.path, store: sqlite() },
    store,
    signal,
  })
  await using workspace = await decisions.workspace('test')
  await work(nearPictures(workspace, 'test'))
}

test('charts of one style are different pictures', () =>
  withPictures(async near => {
    const numbers = []
    for (const picture of pictures) numbers.push(await near.place(pictureOf(picture)))
    expect(new Set(numbers).size).toBe(pictures.length)
  }))

const changes: Record<string, () => Promise<Buffer>> = {
  'encoded as JPEG 50': () => sharp(chart).flatten({ background: 'white' }).jpeg({ quality: 50 }).toBuffer(),
  'of half the size': () =>
    sharp(chart)
      .resize(Math.round(width / 2))
      .png()
      .toBuffer(),
  mirrored: () => sharp(chart).flop().png().toBuffer(),
  cropped: () =>
    sharp(chart)
      .extract({ left: 30, top: 20, width: Math.round(width * 0.75), height: Math.round(height * 0.75) })
      .png()
      .toBuffer(),
  'with a border': () =>
    sharp(chart)
      .flatten({ background: 'white' })
      .extend({ top: 12, bottom: 12, left: 12, right: 12, background: '#222' })
      .png()
      .toBuffer(),
}

test.each(Object.keys(changes))('a chart %s is found among others', name =>
  withPictures(async near => {
    const numbers = []
    for (const picture of pictures) numbers.push(await near.place(pictureOf(picture)))
    const changed = (await changes[name]?.()) ?? Buffer.of()
    expect(await near.find(pictureOf(changed))).toBe(numbers[0])
  }),
)

test('plain pictures have nothing to be found by', () =>
  withPictures(async near => {
    const plain = (background: string) =>
      sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .png()
        .toBuffer()
    await near.place(pictureOf(await plain('#ffffff')))
    expect(await near.find(pictureOf(await plain('#fffffe')))).toBeUndefined()
  }))

test('a later pass neither reads nor compares a picture again', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await using decisions = await openDecisionTable({
    config: { folder: folder.path, store: sqlite() },
    store,
    signal,
  })
  const pass = async (made: string[]) => {
    await using workspace = await decisions.workspace('test')
    const near = nearPictures(
      {
        ...workspace,
        remember: (method, hash, make) =>
          workspace.remember(method, hash, () => {
            made.push(method)
            return make()
          }),
      },
      'test',
    )
    const numbers = []
    for (const picture of pictures) numbers.push(await near.place(pictureOf(picture)))
    return numbers
  }
  const [first, later]: [string[], string[]] = [[], []]
  expect(await pass(first)).toEqual(await pass(later))
  expect(first.length).toBeGreaterThan(pictures.length)
  expect(later).toEqual([])
})

test('an aborted signal ends a look that has begun, and all that come after it', async () => {
  await using folder = await temporaryFolder()
  await using store = await openSqliteStore(folder.path)
  await using decisions = await openDecisionTable({
    config: { folder: folder.path, store: sqlite() },
    store,
    signal,
  })
  await using workspace = await decisions.workspace('test')
  const stop = new AbortController()
  const near = nearPictures({ ...workspace, signal: stop.signal }, 'test')
  await near.place(pictureOf(chart))
  const looks = pictures.slice(1).map(picture => near.place(pictureOf(picture)))
  const ends = Promise.allSettled(looks)
  stop.abort(new Error('that will do'))
  expect(await ends).toEqual(looks.map(() => ({ status: 'rejected', reason: new Error('that will do') })))
  await expect(near.find(pictureOf(chart))).rejects.toThrow('that will do')
})

test('bytes that are no picture are told to whoever asks for them, not before', () =>
  withPictures(async near => {
    const broken = pictureOf(Buffer.from('no picture'))
    await near.expect(broken)
    await expect(near.place(broken)).rejects.toThrow('unsupported image format')
    expect(await near.place(pictureOf(chart))).toBe(1)
  }))

test('pictures are looked at in other threads, so that this one is free for others', () =>
  withPictures(async near => {
    const [all, here] = [process.cpuUsage(), process.threadCpuUsage()]
    for (const picture of pictures) await near.place(pictureOf(picture))
    const sum = ({ user, system }: NodeJS.CpuUsage) => user + system
    expect(sum(process.threadCpuUsage(here))).toBeLessThan(sum(process.cpuUsage(all)) / 3)
  }))
