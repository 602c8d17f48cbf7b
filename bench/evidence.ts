import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/**
 * Prints for how many kept trajectories all that their task names as evidence was among what searches showed. A task says it
 * in its `meta.evidence`, a list of ids. `node bench/evidence.ts runs/my-tasks my-tasks/tasks.jsonl`
 */
const [run = 'runs/demo', tasks = ''] = process.argv.slice(2)
const evidence = await evidenceIn(tasks)
const folder = join(run, 'export/hf/data')
const missing: string[] = []
let asked = 0

for (const name of (await readdir(folder)).filter(file => file.endsWith('.parquet'))) {
  const file = await asyncBufferFromFile(join(folder, name))
  for (const { id, trajectory } of await parquetReadObjects({
    file,
    columns: ['id', 'trajectory'],
    compressors,
  })) {
    const wanted = evidence.get(id)
    if (!wanted) continue
    asked++
    const shown = shownIds(trajectory)
    const lacking = wanted.filter(id => !shown.has(id))
    if (lacking.length > 0) missing.push(`${id}: ${lacking.join(', ')}`)
  }
}

console.log(`${evidence.size} tasks name evidence, ${asked} of them were solved and kept,`)
console.log(`and in ${asked - missing.length} of those the searches showed all of it`)
for (const line of missing) console.log(`not shown: ${line}`)

async function evidenceIn(path: string): Promise<Map<string, string[]>> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter(line => line.trim() !== '')
  const rows = lines.map(line => JSON.parse(line) as { id: string; meta?: { evidence?: string[] } })
  return new Map(rows.flatMap(({ id, meta }) => (meta?.evidence ? [[id, meta.evidence]] : [])))
}

function shownIds(trajectory: { role: string; content: string }[]): Set<string> {
  const observed = trajectory.filter(({ role }) => role === 'tool').map(({ content }) => content)
  const ids = observed.join('\n').matchAll(/\(id: ([^\n]+?)(?:, no thumbnail)?\)$/gm)
  return new Set([...ids].map(([, id]) => id ?? ''))
}
