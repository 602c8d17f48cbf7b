import { link, mkdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stampOf } from '../../store/file-stamp.ts'
import { temporaryFolder } from '../fixtures.ts'

const minute = 60_000
const old = () => Date.now() + minute

/** A file, and the stamp that it has a minute later. */
async function stamped(work: (path: string, stamp: string | null) => Promise<void>) {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a')
  await writeFile(path, 'one')
  await ticked(path)
  await work(path, stampOf(path, old()))
}

/** Until what is written has another time: the clock of a file system ticks every few milliseconds. */
async function ticked(path: string) {
  const changed = (of: string) => stat(of, { bigint: true }).then(({ ctimeNs }) => ctimeNs)
  do await writeFile(`${path}.later`, '')
  while ((await changed(`${path}.later`)) === (await changed(path)))
}

/** With the times that it had. */
async function written(path: string, text: string) {
  const { atime, mtime } = await stat(path)
  await writeFile(path, text)
  await utimes(path, atime, mtime)
}

const changes: Record<string, (path: string) => Promise<unknown>> = {
  'other bytes, with the time of the last change set back': path => written(path, 'two'),
  'more bytes': path => written(path, 'one more'),
  'another file in its place': async path => {
    await writeFile(`${path}.new`, 'two')
    await rename(`${path}.new`, path)
  },
  'the same bytes, written again': path => writeFile(path, 'one'),
}

test('a file that nobody touches keeps its stamp', () =>
  stamped(async (path, stamp) => {
    expect(stamp).not.toBeNull()
    expect(stampOf(path, old())).toBe(stamp)
  }))

test.each(Object.keys(changes))('a file has another stamp after %s', what =>
  stamped(async (path, stamp) => {
    await changes[what]?.(path)
    expect(stampOf(path, old())).not.toBe(stamp)
  }),
)

const unstamped: Record<string, (path: string) => Promise<number>> = {
  'was changed just now': async () => Date.now(),
  'was changed in the future, where a clock was set back': async () => Date.now() - minute,
  'is gone': path => rm(path).then(old),
  'is a folder': path =>
    rm(path)
      .then(() => mkdir(path))
      .then(old),
  'had its state changed just now, though not its bytes': async path => {
    await utimes(path, 0, 0)
    await link(path, `${path}.too`)
    return Date.now()
  },
}

test.each(Object.keys(unstamped))('a file has no stamp that %s', what =>
  stamped(async path => {
    const now = await unstamped[what]?.(path)
    expect(stampOf(path, now)).toBeNull()
  }),
)
