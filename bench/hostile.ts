// 64 hostile and 64 honest tasks side by side, twice: the same rows byte for byte, every honest row kept, everything exported.
// node bench/hostile.ts
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decisionsIn } from '../pipeline/decide/decisions.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import { readSqliteStore } from '../store/sqlite.ts'

const root = join(import.meta.dirname, '..')

async function once() {
  const runs = await mkdtemp(join(tmpdir(), 'kindling-bench-'))
  const began = performance.now()
  const args = ['--disable-warning=ExperimentalWarning', 'cli/main.ts', 'run', 'bench/hostile.config.ts']
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, RUNS: runs },
    encoding: 'utf8',
  })
  if (status !== 0 && status !== 3) throw new Error(`status ${status}: ${stderr.slice(-2000)}`)
  const folder = join(runs, 'hostile')
  const rows = await rowsOf(folder)
  const seconds = (performance.now() - began) / 1000
  const bytes = await sumOf(join(folder, 'export'))
  await rm(runs, { recursive: true })
  return { status, rows, seconds, bytes }
}

interface Row {
  id: string
  honest: boolean
  became: string
}

async function rowsOf(folder: string): Promise<Row[]> {
  await using store = await readSqliteStore(folder)
  const rows: Row[] = []
  for await (const { key, decision } of decisionsIn(join(folder, 'decisions.jsonl'))) {
    const trajectory = await store.get<Trajectory>('trajectories', key)
    if (!trajectory) throw new Error(`rollout ${key} is not stored`)
    const { id, category } = trajectory.task
    rows.push({ id, honest: category === 'honest', became: decision.keep ? 'kept' : decision.reason })
  }
  return rows
}

/**
 * One hash of the names and bytes of all rows. Card and manifest count why rows were dropped: for one that starves
 * itself that is now a cell that ran too long and now a process that was left.
 */
async function sumOf(folder: string): Promise<string> {
  const sum = createHash('sha256')
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = files.filter(file => file.isFile()).map(file => join(file.parentPath, file.name))
  for (const path of paths.toSorted()) {
    if (!path.endsWith('.parquet')) continue
    sum.update(path.slice(folder.length)).update(await readFile(path))
  }
  return sum.digest('hex').slice(0, 16)
}

const rounds = [await once(), await once()]
for (const { status, rows, seconds, bytes } of rounds) {
  console.log(`status ${status}, ${rows.length} rows in ${seconds.toFixed(0)} s, exported rows ${bytes}`)
  for (const honest of [true, false]) {
    const became = Map.groupBy(
      rows.filter(row => row.honest === honest),
      row => row.became,
    )
    const counts = [...became].map(([what, all]) => `${what} ${all.length}`).sort()
    console.log(`  ${honest ? 'honest ' : 'hostile'} ${counts.join(', ')}`)
  }
  for (const { id, became } of rows) if (process.argv.includes('--rows')) console.log(`  ${id} ${became}`)
}
const [first, second] = rounds
console.log(first?.bytes === second?.bytes ? 'the exported rows are the same' : 'THE EXPORTED ROWS DIFFER')
