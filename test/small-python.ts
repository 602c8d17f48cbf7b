import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const system = '/usr/bin/python3'
const libraries = ['numpy', 'PIL']

const facts = `
import importlib.util, json, sys
folders = [importlib.util.find_spec(name).submodule_search_locations[0] for name in sys.argv[1:]]
print(json.dumps(['%d.%d' % sys.version_info[:2], *folders]))
`

/**
 * Makes a Python with no library but those that cropping needs, once for a user; `small-jail.ts` runs it. It starts in
 * a tenth of the processor time of one with all libraries. Its path is the same each time: keys of rollouts hold it.
 */
export default function setup(): void {
  const told = execFileSync(system, ['-c', facts, ...libraries])
  const [version = '', ...found]: string[] = JSON.parse(String(told))
  const own = process.getuid?.() ?? 0
  // Not below /tmp, which a jail replaces with its own.
  const folder = `/var/tmp/kindling-small-python-${version}-${own}`
  if (!existsSync(folder)) make(folder, version, found)
  if (statSync(folder).uid !== own) throw new Error(`${folder} is somebody else's; remove it`)
  process.env.SMALL_PYTHON = join(folder, 'bin/python')
}

/** Other runs of the tests may be at it, too: the first that is whole stays. */
function make(folder: string, version: string, found: string[]): void {
  const draft = mkdtempSync(`${folder}-`)
  chmodSync(draft, 0o755)
  execFileSync(system, ['-m', 'venv', '--without-pip', draft])
  for (const [index, name] of libraries.entries())
    symlinkSync(found[index] ?? '', join(draft, 'lib', `python${version}`, 'site-packages', name))
  try {
    renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    rmSync(draft, { recursive: true })
  }
}
