// Which share of an export's bytes is new to a store that cuts files by content (64 KiB at the mean) when rows are added
// or changed: 3,000 rows of about 7 KB of text, without and with a picture of 30 KB, written as a run writes them.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { changes, freshShares } from '../test/output/growth/changes.ts'

const rows = Number(process.argv[2] ?? 3000)
const folder = join(tmpdir(), `kindling-bench-${process.pid}`)

for (const pictured of [false, true]) {
  console.log(`${rows} rows ${pictured ? 'with a picture of 30 KB' : 'of text'}`)
  for await (const { name, shares } of freshShares(folder, { rows, pictured }, Object.keys(changes)))
    console.log(`  ${name.padEnd(30)} ${shares.map(share => `${(share * 100).toFixed(1)} %`).join(', ')}`)
}
