import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sha256 } from '../../schemas/hash.ts'

const run = promisify(execFile)

export interface Environment extends AsyncDisposable {
  /** Its interpreter. */
  python: string
}

/**
 * An environment of Python below `folder` that holds exactly what `requirements` lists, and nothing that those name
 * themselves: torch would bring the libraries of a graphics card. A package that says it wants a newer Python is taken,
 * too: whoever lists it has run it. It is made once; a lock of the kernel's keeps two processes from making it twice.
 * Disposed, it is removed unless it shall be kept.
 */
export async function environment(folder: string, requirements: string, keep: boolean): Promise<Environment> {
  const path = join(folder, `env-${sha256(readFileSync(requirements)).slice(0, 12)}`)
  await mkdir(folder, { recursive: true })
  const env = { ...process.env, PIP_IGNORE_REQUIRES_PYTHON: '1' }
  const args = [`${path}.lock`, 'sh', '-ec', make, 'sh', path, requirements]
  await run('flock', args, { env, maxBuffer: 2 ** 26 })
  return {
    python: join(path, 'bin', 'python'),
    async [Symbol.asyncDispose]() {
      if (!keep) await rm(path, { recursive: true, force: true })
    },
  }
}

const make = `
if [ -e "$1/complete" ]; then exit 0; fi
rm -rf "$1"
python3 -m venv "$1"
"$1/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$2"
touch "$1/complete"
`
