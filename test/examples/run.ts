import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Stats } from '../../cli/numbers/stats.ts'

const root = join(import.meta.dirname, '../..')

/** Run a config as a user does, and give what the command says of it. */
export async function runConfig(config: string, env: Record<string, string> = {}): Promise<Stats> {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['run', '--silent', 'kindling', '--', 'run', config, '--json'],
    {
      cwd: root,
      env: { ...process.env, ...env },
      maxBuffer: 1 << 26,
    },
  )
  return JSON.parse(stdout)
}
