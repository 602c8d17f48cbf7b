// What the trainers' own code makes of an export: `npm run bench:trainers -- [NAME…] [--export FOLDER] [--keep]`, all
// trainers by default, one after the other. Each folder beside this file that holds a `check.py` is a trainer:
// `requirements.txt` lists every package of its environment, which is made under `.cache/trainers/<name>` and removed
// afterwards unless it shall be kept, and `check.py EXPORT PROCESSORS` loads the export by the trainer's own loader,
// template and collator. PROCESSORS holds the processors of Qwen2.5-VL and Qwen3-VL, each in a folder as `AutoProcessor`
// reads it; modules beside this file can be imported. A line that it prints in braces is a row of the table. Where pip finds torch for graphics cards only,
// PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu gives it the other.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { basename, delimiter, dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs, promisify } from 'node:util'
import Type, { type Static } from 'typebox'
import { markdownTable } from '../../output/markdown.ts'
import { closed, from0 } from '../../schemas/options.ts'
import { validator } from '../../schemas/validate.ts'
import { environment } from './environment.ts'

/** What a trainer made of one target of the export. */
const Found = closed({
  /** The target, and how it was read where there is a choice, such as `llamafactory (qwen3_vl)`. */
  target: Type.String(),
  /** The trainer and its version. */
  version: Type.String(),
  /** Rows of the target in the export. */
  rows: from0,
  /** Of them, those that came out of the trainer's collator. */
  loaded: from0,
  /** Pictures of the rows for which there are as many image tokens as their sizes demand, each at its place. */
  pictures: from0,
  /** Whether the loss is on all that the assistant said in every row, and on nothing else. */
  trained_only_assistant: Type.Boolean(),
  /** Rows of which a call, a result, an answer or a picture was lost, such as by a cutoff. */
  lost: from0,
  /** What of the trainer's code or of what it imports was put aside. */
  stubbed: Type.Array(Type.String()),
})
type Found = Static<typeof Found>

const here = import.meta.dirname
const root = join(here, '../..')
const cache = join(root, '.cache', 'trainers')
const found = validator(Found)
const run = promisify(execFile)

const known = globSync('*/check.py', { cwd: here }).map(dirname).sort()
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { export: { type: 'string' }, keep: { type: 'boolean', default: false } },
})
const strange = positionals.find(name => !known.includes(name))
if (strange !== undefined) throw new Error(`${strange} is no trainer; there are ${known.join(', ')}`)

/** The processors, made once. */
async function processors(): Promise<string> {
  const folder = join(cache, 'processors')
  if (existsSync(join(folder, 'qwen3_vl', 'merges.txt'))) return folder
  const from = join(here, 'processor')
  await using made = await environment(join(cache, 'processor'), join(from, 'requirements.txt'), values.keep)
  await run(made.python, [join(from, 'make.py'), folder])
  return folder
}

/** An export of the demo's tasks to every target; made once, and again where a target was changed. */
async function exported(): Promise<string> {
  const config = join(here, 'trainers.config.ts')
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'cli/main.ts'), 'run', config]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`kindling run ${config} ended with status ${status}`)
  return join(root, 'runs', 'trainers', 'export')
}

async function checked(name: string, folder: string, models: string): Promise<Found[]> {
  const from = join(here, name)
  const below = join(cache, name)
  await using made = await environment(below, join(from, 'requirements.txt'), values.keep)
  const env = {
    ...process.env,
    PYTHONPATH: [join(here, 'stubs'), here].join(delimiter),
    HF_HOME: join(below, 'hub'),
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_OFFLINE: '1',
  }
  const args = [join(from, 'check.py'), folder, models]
  const child = spawn(made.python, args, { cwd: below, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (status !== 0) throw new Error(`${name}: check.py ended with status ${status}\n${printed}`)
  return printed.split('\n').filter(isRow).map(rowOf(name))
}

const isRow = (line: string) => /^\{"target".*\}$/.test(line)

const rowOf = (name: string) => (line: string) => {
  const row = found(JSON.parse(line))
  if (row.ok) return row.value
  throw new Error(`${name}: check.py printed a row whose ${row.field} ${row.message}`)
}

const shown = (row: Found) => [
  row.target,
  row.version,
  `${row.loaded} of ${row.rows}`,
  row.pictures,
  row.trained_only_assistant ? 'yes' : 'NO',
  row.lost,
  row.stubbed.join(', ') || 'nothing',
]

const models = await processors()
const folder = values.export === undefined ? await exported() : resolve(values.export)
const rows: Found[] = []
const failed: string[] = []
for (const name of positionals.length > 0 ? positionals : known) {
  console.error(`${name}: ${basename(folder)}`)
  await checked(name, folder, models).then(
    more => rows.push(...more),
    error => failed.push(error instanceof Error ? error.message : String(error)),
  )
}
const heads = ['target', 'trainer', 'rows', 'pictures', 'loss on the assistant alone', 'rows cut', 'stubbed']
console.log(markdownTable(heads, rows.map(shown)))
for (const line of failed) console.error(line)
if (
  failed.length > 0 ||
  rows.some(row => row.lost > 0 || row.loaded < row.rows || !row.trained_only_assistant)
)
  process.exitCode = 1
