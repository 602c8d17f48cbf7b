import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sha256 } from '../schemas/hash.ts'

const run = promisify(execFile)
const scripts = join(import.meta.dirname, 'readers')
const cache = join(import.meta.dirname, '..', '.cache')

/** Readers of others, in their newest versions or with the oldest `datasets` that we write for. */
export type Age = 'newest' | 'oldest'

/** What is installed apart from anything else: those readers, a server of buckets, what reads files of schedulers, … */
export const environments = ['newest', 'oldest', 'buckets', 'schedules', 'notebook'] as const
type Environment = (typeof environments)[number]

/** Run a script of `test/readers/` with those readers and take the JSON it prints. */
export async function reading<T>(age: Environment, script: string, ...args: string[]): Promise<T> {
  const python = await interpreter(age)
  const home = await mkdtemp(join(tmpdir(), 'kindling-readers-'))
  try {
    const env = { PATH: process.env.PATH, HF_HOME: home, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1' }
    const { stdout } = await run(python, [join(scripts, script), ...args], { env, maxBuffer: 2 ** 30 })
    return JSON.parse(stdout) as T
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/**
 * The Python of an environment that holds exactly the versions of `test/readers/<age>.txt`. It is made once, under
 * `.cache/`; a lock of the kernel's keeps test files that want it at the same time from making it twice.
 */
export async function interpreter(age: Environment): Promise<string> {
  const requirements = join(scripts, `${age}.txt`)
  const folder = join(cache, `readers-${age}-${sha256(readFileSync(requirements)).slice(0, 12)}`)
  await mkdir(cache, { recursive: true })
  await run('flock', [`${folder}.lock`, 'sh', '-ec', make, 'sh', folder, requirements])
  return join(folder, 'bin', 'python')
}

const make = `
if [ -e "$1/complete" ]; then exit 0; fi
rm -rf "$1"
python3 -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --no-compile --requirement "$2"
touch "$1/complete"
`
