// What the trainers' own code makes of exports: `npm run bench:trainers -- [NAME…] [--export FOLDER] [--keep]
// [--deepeyes FOLDER]`, all trainers by default, one after the other. A folder beside this file is a trainer's if it
// holds one of these scripts:
//
// - `check.py EXPORT PROCESSORS` loads targets by the trainer's own loader, template and collator.
// - `train.py EXPORT PROCESSORS` trains a tiny model by the trainer's own command and the target's training file.
// - `rewards.py POOL PROCESSORS EXPORT` has the trainer's own reward path judge rollouts of the export.
// - `plays.py EXPORT PROCESSORS` has the environment in which students are reinforced play what rows say.
//
// A NAME is a folder, or one script such as `trl/train`. `requirements.txt` lists every package of the environment,
// which is made under `.cache/trainers/<name>` and removed afterwards unless it shall be kept. PROCESSORS holds the
// processors of Qwen2.5-VL and Qwen3-VL, each in a folder as `AutoProcessor` reads it; modules beside this file can be
// imported. A line that a script prints in braces is a row of the table of its kind (`kinds.ts`). `--export` checks
// another export. DeepEyesV2 is in no registry: without `--deepeyes`, a checkout of github.com/Visual-Agent/DeepEyesV2,
// it is left out. Where pip finds torch for graphics cards only,
// PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu gives it the other.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs, promisify } from 'node:util'
import { markdownTable } from '../../output/markdown.ts'
import { environment } from './environment.ts'
import { kinds } from './kinds.ts'

const here = import.meta.dirname
const root = join(here, '../..')
const cache = join(root, '.cache', 'trainers')
const command = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'cli/main.ts')]
const run = promisify(execFile)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    export: { type: 'string' },
    deepeyes: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})
const known = globSync(`*/{${Object.keys(kinds)}}.py`, { cwd: here }).map(path => path.slice(0, -3))
const isNamed = (name: string) => (script: string) => script === name || script.startsWith(`${name}/`)
const strange = positionals.find(name => !known.some(isNamed(name)))
if (strange !== undefined) throw new Error(`${strange} is no trainer; there are ${known.sort().join(', ')}`)
const isWanted = (script: string) =>
  positionals.length === 0 || positionals.some(name => isNamed(name)(script))
const lacksFork = (script: string) => script.startsWith('deepeyes/') && values.deepeyes === undefined
const wanted = known.filter(script => isWanted(script) && !lacksFork(script))
if (known.some(script => isWanted(script) && lacksFork(script)))
  console.error('deepeyes is left out: it needs --deepeyes FOLDER, a checkout of DeepEyesV2')

/** The processors, made once. */
async function processors(): Promise<string> {
  const folder = join(cache, 'processors')
  if (existsSync(join(folder, 'qwen3_vl', 'merges.txt'))) return folder
  const from = join(here, 'processor')
  await using made = await environment(join(cache, 'processor'), join(from, 'requirements.txt'), values.keep)
  await run(made.python, [join(from, 'make.py'), folder])
  return folder
}

const exports = new Map<string, Promise<string>>()

/** The export of a config, made once, and again where a target was changed. */
function exported(config: string): Promise<string> {
  const making = exports.get(config) ?? exportOf(config)
  exports.set(config, making)
  return making
}

async function exportOf(config: string): Promise<string> {
  const [node = '', ...args] = command
  const given = [...args, 'run', join(here, config)]
  const child = spawn(node, given, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`kindling run ${config} ended with status ${status}`)
  return join(root, 'runs', config.replace('.config.ts', ''), 'export')
}

/** Lines in braces that a script printed. */
async function printed(script: string, python: string, folders: readonly string[]): Promise<string[]> {
  const below = join(cache, script, '..')
  const env = {
    ...process.env,
    PYTHONPATH: [join(here, 'stubs'), here].join(delimiter),
    HF_HOME: join(below, 'hub'),
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_OFFLINE: '1',
    ...(values.deepeyes !== undefined && { DEEPEYES: resolve(values.deepeyes) }),
    KINDLING: command.map(word => `'${word}'`).join(' '),
  }
  const args = [join(here, `${script}.py`), ...folders]
  const child = spawn(python, args, { cwd: below, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (status !== 0) throw new Error(`${script}.py ended with status ${status}\n${said}`)
  const lines = said.split('\n').filter(line => /^\{"target".*\}$/.test(line))
  if (lines.length === 0) throw new Error(`${script}.py printed no row`)
  return lines
}

const kindOf = (script: string) => script.replace(/.*\//, '') as keyof typeof kinds

async function rowsOf(script: string, python: string) {
  const kind = kinds[kindOf(script)]
  const other =
    kindOf(script) === 'check' && values.export !== undefined ? [resolve(values.export)] : undefined
  const [first = '', ...rest] = other ?? (await Array.fromAsync(kind.configs, exported))
  console.error(script)
  const lines = await printed(script, python, [first, await processors(), ...rest])
  return lines.map(line => ({ kind, ...kind.row(line) }))
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number]
const rows: Row[] = []
const failed: string[] = []

for (const [trainer, scripts = []] of Object.entries(Object.groupBy(wanted, script => join(script, '..')))) {
  const folder = join(cache, trainer)
  await using made = await environment(folder, join(here, trainer, 'requirements.txt'), values.keep)
  for (const script of scripts)
    await rowsOf(script, made.python).then(
      more => rows.push(...more),
      error => failed.push(`${script}: ${error instanceof Error ? error.message : String(error)}`),
    )
}
for (const kind of new Set(rows.map(row => row.kind)))
  console.log(
    markdownTable(
      [...kind.heads],
      rows.filter(row => row.kind === kind).map(row => row.cells),
    ),
  )
for (const line of failed) console.error(line)
if (failed.length > 0 || rows.length === 0 || rows.some(row => row.isFault)) process.exitCode = 1
