import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config, Settings } from '../pipeline/config.ts'
import { ConfigError } from '../pipeline/errors.ts'
import type { Listener } from '../pipeline/progress.ts'
import { settings } from '../pipeline/settings.ts'
import { SandboxError } from '../sandbox/sandbox.ts'
import { beginPathsIn } from '../schemas/config-folder.ts'
import { InputError } from '../schemas/input-error.ts'
import { TeacherError } from '../teachers/teacher.ts'
import { ToolUnavailable } from '../tools/tool.ts'
import { missingModule } from './import-paths.ts'

/**
 * Import a user's config; its relative paths begin in its folder. Throws ConfigError where the file is missing or
 * exports no config.
 */
export async function loadConfig(path: string, listen: Listener = plainly): Promise<Settings> {
  await access(path).catch(() => {
    throw new ConfigError(
      `${path}: there is no such file; give the path of a config such as charts.config.ts`,
    )
  })
  beginPathsIn(dirname(path), message => listen({ kind: 'warning', message }))
  const { default: config } = await imported(path)
  if (config === undefined) throw new ConfigError(`${path}: it has no \`export default defineConfig({…})\``)
  return settings(config)
}

const plainly: Listener = progress => {
  if (progress.kind === 'warning') console.error(`warning: ${progress.message}`)
}

const ours = [InputError, SandboxError, TeacherError, ToolUnavailable]

/**
 * A config is the user's code: the user has to mend what it throws. Errors that kindling throws have their own words.
 */
async function imported(path: string): Promise<{ default?: Config }> {
  try {
    return await import(pathToFileURL(resolve(path)).href)
  } catch (error) {
    if (ours.some(kind => error instanceof kind)) throw error
    const missing = missingModule(error)
    if (missing !== undefined) throw new ConfigError(missing, { cause: error })
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
    throw new ConfigError(`${path}: it cannot be loaded (${line.trim()})${cureOf(line, path)}`, {
      cause: error,
    })
  }
}

/**
 * Node takes a `.ts` file for CommonJS where the nearest package.json does not say otherwise, as `npm init` leaves it.
 */
function cureOf(line: string, path: string): string {
  if (line.startsWith('Directory import')) return '; it is a folder: give the config, such as flags.config.ts'
  if (!line.includes('outside a module')) return ''
  return `; put "type": "module" into the nearest package.json, or name the file ${path.replace(/\.([jt])s$/, '.m$1s')}`
}
