import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { type Country, countries, otherFlag, ownFlag } from '../examples/demo/flags/countries.ts'
import { waving } from '../examples/demo/flags/waving.ts'
import { flagCorpus } from '../examples/demo/flags.ts'
import { type Random, random } from '../examples/demo/random.ts'

/** Prints how often image search finds a flag again, first or among five, from queries that are ever less like it. */
type Query = (country: Country, chance: Random) => Promise<Buffer>

const render = async (svg: Promise<Buffer>): Promise<Buffer> =>
  await sharp(await svg)
    .resize(320, 240, { fit: 'fill' })
    .flatten({ background: 'white' })
    .png()
    .toBuffer()

const crop = async ({ iso }: Country, chance: Random) => {
  const [width, height] = [224, 168]
  const place = { left: chance.integer(0, 320 - width), top: chance.integer(0, 240 - height), width, height }
  return sharp(await render(ownFlag(iso))).extract(place)
}

const queries: Record<string, Query> = {
  'drawn by others': ({ iso }) => render(otherFlag(iso)),
  '70 % crop, JPEG 50': async (country, chance) =>
    await (await crop(country, chance)).jpeg({ quality: 50 }).toBuffer(),
  '70 % crop, mirrored, JPEG 50': async (country, chance) =>
    await (await crop(country, chance)).flop().jpeg({ quality: 50 }).toBuffer(),
  waving: async ({ iso }, chance) => await waving(await render(ownFlag(iso)), chance),
  'waving, drawn by others': async ({ iso }, chance) => await waving(await render(otherFlag(iso)), chance),
  'half as wide, JPEG 20': async ({ iso }) =>
    await sharp(await render(ownFlag(iso)))
      .resize(160, 240, { fit: 'fill' })
      .jpeg({ quality: 20 })
      .toBuffer(),
}

const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
const corpus = await flagCorpus({ path: join(folder, 'flags.sqlite') })
const all = await countries()
console.log(`${all.length} flags of flag-icons; queries of each:`)
for (const [name, query] of Object.entries(queries)) console.log(await measure(name, query))
corpus.close()
await rm(folder, { recursive: true })

async function measure(name: string, query: Query): Promise<string> {
  const chance = random(name)
  let [first, five, milliseconds] = [0, 0, 0]
  for (const country of all) {
    const bytes = await query(country, chance)
    const start = performance.now()
    const hits = await corpus.byImage(bytes, 5, new AbortController().signal)
    milliseconds += performance.now() - start
    if (hits[0]?.id === country.id) first++
    if (hits.some(({ id }) => id === country.id)) five++
  }
  const share = (count: number) => (count / all.length).toFixed(3)
  return `${name.padEnd(30)} recall@1 ${share(first)}  recall@5 ${share(five)}  ${(milliseconds / all.length).toFixed(0)} ms`
}
