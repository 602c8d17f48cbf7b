// Writes the rows of SOURCE as shards into TARGET and prints what it took: node write.ts SOURCE TARGET
import { readFileSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Schema } from 'apache-arrow'
import { images, text } from '../../output/columns.ts'
import { openShards } from '../../output/shards/shards.ts'

const [source = '', folder = ''] = process.argv.slice(2)
rmSync(folder, { recursive: true, force: true })
const schema = new Schema([text('id'), text('text'), images({ decode: true })])
const lines = readFileSync(join(source, 'rows.jsonl'), 'utf8').split('\n')
await using blob = await open(join(source, 'blob'))

async function picture([offset, size]: [number, number]) {
  const { buffer } = await blob.read(new Uint8Array(size), 0, size, offset)
  return { bytes: buffer, path: `${offset}.png` }
}

const before = process.cpuUsage()
const start = performance.now()
await using shards = await openShards({ folder, split: 'train', schema })
for (const line of lines) {
  const { id, text, images } = JSON.parse(line)
  await shards.write({ id, text, images: await Promise.all(images.map(picture)) }, id)
}
await shards.finish()
const { user, system } = process.cpuUsage(before)
const wall = (performance.now() - start) / 1000
console.log(JSON.stringify({ wall, cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1000 }))
