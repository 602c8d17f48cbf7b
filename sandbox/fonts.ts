import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface FontList {
  name: string
  bytes: Buffer
}

/** Where made files are kept between runs: $XDG_CACHE_HOME/kindling, else ~/.cache/kindling. */
const cacheFolder = () => path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'kindling')

/**
 * matplotlib's list of the fonts here, made once by that Python; null where it has no matplotlib. Without the list
 * every fresh jail would search for fonts anew.
 */
export async function fontList(python: string): Promise<FontList | null> {
  const folder = path.join(
    cacheFolder(),
    `fonts-${createHash('sha256').update(python).digest('hex').slice(0, 16)}`,
  )
  await mkdir(folder, { recursive: true })
  return (await readList(folder)) ?? (await makeList(python, folder))
}

async function makeList(python: string, folder: string): Promise<FontList | null> {
  const env = { PATH: '/usr/bin:/bin', HOME: folder, MPLCONFIGDIR: folder, LANG: 'C.UTF-8' }
  await run(python, ['-s', '-B', '-c', 'import matplotlib.font_manager'], { env, cwd: '/' }).catch(() => {})
  return readList(folder)
}

async function readList(folder: string): Promise<FontList | null> {
  const name = (await readdir(folder)).find(file => /^fontlist-v\d+\.json$/.test(file))
  return name ? { name, bytes: await readFile(path.join(folder, name)) } : null
}
