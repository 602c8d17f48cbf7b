// 200 MB of image rows written by our shards and by pyarrow: the same rows from the same file, with the same row groups
// and codecs, each in a process of its own, in turns. What was written is read back and compared.
import { execFile } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { interpreter } from '../test/readers.ts'

const run = promisify(execFile)
const megabytes = Number(process.argv[2] ?? 200)
const rounds = 3

interface Cost {
  wall: number
  cpu: number
  rss: number
}

const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
const scripts = join(import.meta.dirname, 'shards')
const python = await interpreter('newest')
const contenders = {
  kindling: [process.execPath, join(scripts, 'write.ts')],
  pyarrow: [python, join(scripts, 'write.py')],
} as const

/** Rows with one to four images of 50 kB to 1 MB each, as `<folder>/rows.jsonl` over `<folder>/blob`. */
async function makeRows(): Promise<void> {
  await using blob = await open(join(folder, 'blob'), 'w')
  const lines: string[] = []
  let offset = 0
  for (let row = 0; offset < megabytes * 1e6; row++) {
    const sizes = Array.from(
      { length: 1 + (row % 4) },
      (_, index) => 50_000 + (((row * 4 + index) * 79_193) % 950_000),
    )
    for (const size of sizes) await blob.write(randomFillSync(new Uint8Array(size)))
    const images = sizes.map((size, index) => [offset + sum(sizes.slice(0, index)), size])
    offset += sum(sizes)
    lines.push(JSON.stringify({ id: `row ${row}`, text: `Row ${row} measures. `.repeat(150), images }))
  }
  await writeFile(join(folder, 'rows.jsonl'), lines.join('\n'))
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0)

async function measure(name: keyof typeof contenders): Promise<Cost> {
  const [command, script] = contenders[name]
  const { stdout } = await run(command, [script, folder, join(folder, name)])
  return JSON.parse(stdout)
}

const least = (costs: Cost[], of: keyof Cost): number => Math.min(...costs.map(cost => cost[of]))

try {
  await makeRows()
  const costs = { kindling: [] as Cost[], pyarrow: [] as Cost[] }
  for (let round = 0; round < rounds; round++) {
    costs.kindling.push(await measure('kindling'))
    costs.pyarrow.push(await measure('pyarrow'))
  }
  for (const [name, all] of Object.entries(costs)) {
    const [speed, cpu, rss] = [megabytes / least(all, 'wall'), least(all, 'cpu'), least(all, 'rss')]
    console.log(
      `${name}: ${speed.toFixed(0)} MB/s, ${cpu.toFixed(2)} s of CPU, ${rss.toFixed(0)} MB at most (best of ${rounds})`,
    )
  }
  const ratio = (of: keyof Cost) => (least(costs.kindling, of) / least(costs.pyarrow, of)).toFixed(2)
  console.log(
    `kindling beside pyarrow: ${ratio('wall')} of its time, ${ratio('cpu')} of its CPU, ${ratio('rss')} of its memory`,
  )
  const { stdout } = await run(python, [
    join(scripts, 'compare.py'),
    join(folder, 'kindling'),
    join(folder, 'pyarrow'),
  ])
  console.log(stdout.trim())
} finally {
  await rm(folder, { recursive: true, force: true })
}
