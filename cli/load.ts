import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Config, ConfigError, type Settings, settings } from '../pipeline/config.ts'

/** Import a user's config. Throws ConfigError where the file is missing or exports no config. */
export async function loadConfig(path: string): Promise<Settings> {
  await access(path).catch(() => {
    throw new ConfigError(
      `${path}: there is no such file; give the path of a config such as charts.config.ts`,
    )
  })
  const { default: config } = (await import(pathToFileURL(resolve(path)).href)) as { default?: Config }
  if (!config?.teachers) throw new ConfigError(`${path}: it has no \`export default defineConfig({…})\``)
  return settings(config)
}
