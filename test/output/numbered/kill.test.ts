import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { olderExports, removeExport } from '../../../output/numbered/numbered-export.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { first, second } from './exports.ts'
import { fill, write } from './writing.ts'

const script = join(import.meta.dirname, 'killed.ts')

/** Runs the writer; whether it came to its end. */
async function placing(link: string, at: number): Promise<boolean> {
  const env = { ...process.env, KILL_AT: String(at) }
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, link], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code, signal] = await once(child, 'exit')
  expect([0, 'SIGKILL']).toContain(signal ?? code)
  return signal === null
}

/** The card of what is shown, if every file of it is what its manifest says. */
async function shown(link: string): Promise<string> {
  if (!existsSync(link)) return 'nothing'
  const { files } = JSON.parse(await readFile(join(link, 'manifest.json'), 'utf8'))
  for (const { path, sha256: hash } of files)
    expect([path, sha256(await readFile(join(link, path)))]).toEqual([path, hash])
  return readFile(join(link, 'README.md'), 'utf8')
}

const starts: [
  what: string,
  begin: (link: string) => Promise<void>,
  seen: string[],
  before: string | null,
][] = [
  ['nothing', async () => {}, ['nothing', 'two'], null],
  ['an earlier export', link => write(link, first), ['one', 'two'], '0001'],
  // No link can take a folder's place in one step: stopped in between, nothing is shown until the next command.
  [
    'the folder of an older kindling',
    link => mkdir(link).then(() => fill(link, first)),
    ['one', 'nothing', 'two'],
    '0001',
  ],
]

test.each(starts)(
  'killed at any step from %s, it shows the old one or the new one, and the next run mends the rest',
  async (_, begin, seen, before) => {
    const found: string[] = []
    for (let at = 1, ended = false; !ended; at++) {
      await using folder = await temporaryFolder()
      const link = join(folder.path, 'export')
      await begin(link)
      ended = await placing(link, at)
      found.push(await shown(link))
      if (found.at(-1) === 'nothing' && before) expect(await shown(`${link}s/0001`)).toBe('one')
      await write(link, second)
      for (const { path } of await olderExports(link, 1)) await removeExport(path)
      expect(await shown(link)).toBe('two')
      const number = before ? '0002' : '0001'
      expect((await readdir(dirname(link))).sort()).toEqual(['export', 'exports'])
      expect(await readdir(`${link}s`)).toEqual([number])
      expect(JSON.parse(await readFile(join(link, 'manifest.json'), 'utf8')).before?.export ?? null).toBe(
        before,
      )
    }
    expect(found.length).toBeGreaterThan(8)
    expect([...new Set(found)]).toEqual(seen)
    expect(found.filter(each => each === 'nothing').length).toBeLessThan(before ? 2 : found.length)
  },
)
