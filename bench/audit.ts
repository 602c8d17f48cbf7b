// Whether an audit takes more memory of a million rows than of a tenth of them, and what a row costs:
// `npm run bench:audit [-- ROWS]`. Each is a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unreadOf, writeRows } from '../test/rollouts/many-rows.ts'

const root = join(import.meta.dirname, '..')
const large = Number(process.argv[2] ?? 1_000_000)

interface Cost {
  /** Seconds of processor time, of the process and those below it. */
  cpu: number
  /** Megabytes at most. */
  rss: number
}

async function audited(lines: number): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'kindling-bench-audit-'))
  const given = await writeRows(folder, lines)
  const report = join(folder, 'cost.json')
  const watching = ['--expose-gc', '--import', join(root, 'bench/watched.ts')]
  const args = ['audit', given, '--to', 'llamafactory', '--out', join(folder, 'runs'), '--json']
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...watching, join(root, 'cli/main.ts'), ...args],
    { cwd: folder, env: { ...process.env, WATCHED: report }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let last = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    last = (last + chunk).slice(-1_000_000)
  })
  const [status] = await once(child, 'exit')
  if (status !== 0 && status !== 11) throw new Error(`kindling audit ended with status ${status}`)
  const result = JSON.parse(last.trim().split('\n').at(-1) ?? '')
  const [read] = result.read
  if (read.unread !== unreadOf(lines) || read.rows !== lines - unreadOf(lines))
    throw new Error(`${read.rows} rows are read and ${read.unread} are not`)
  const cost: Cost = JSON.parse(await readFile(report, 'utf8'))
  await rm(folder, { recursive: true })
  const each = ((cost.cpu * 1000) / lines).toFixed(2)
  console.log(
    `${lines} lines: ${read.unread} cost themselves, ${result.kept} kept, ${cost.cpu.toFixed(0)} CPU s (${each} ms a line), ${cost.rss.toFixed(0)} MB at most`,
  )
  return cost
}

const [small, whole] = [await audited(large / 10), await audited(large)]
console.log(`ten times the lines: ${(whole.rss / small.rss).toFixed(2)} times the memory`)
