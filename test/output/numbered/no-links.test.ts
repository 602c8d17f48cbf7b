import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { explain } from '../../../cli/exit.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { first, second } from './exports.ts'
import { fill, write } from './writing.ts'

/** What the medium does not make. */
const refused = vi.hoisted(() => new Set<string>())

vi.mock('node:fs/promises', async original => {
  const real = await original<typeof import('node:fs/promises')>()
  const unless = <Work extends (...given: never[]) => unknown>(name: string, work: Work) =>
    ((...given) => {
      const no = Object.assign(new Error(`EPERM: operation not permitted, ${name}`), { code: 'EPERM' })
      return refused.has(name) ? Promise.reject(no) : work(...given)
    }) as Work
  return { ...real, link: unless('link', real.link), symlink: unless('symlink', real.symlink) }
})

beforeEach(() => refused.clear())

test('where the medium makes no hard links, every export has files of its own', async () => {
  await using folder = await temporaryFolder()
  const link = join(folder.path, 'export')
  await write(link, first)
  refused.add('link')
  await write(link, second)
  expect(await readFile(join(link, 'hf/renamed.parquet'), 'utf8')).toBe('rows')
  const inodes = ['0001/hf/old.parquet', '0002/hf/renamed.parquet'].map(
    async path => (await stat(join(`${link}s`, path))).ino,
  )
  expect(new Set(await Promise.all(inodes)).size).toBe(2)
})

test('where it makes no symlinks, that is one line, and what was shown stays', async () => {
  await using folder = await temporaryFolder()
  const link = join(folder.path, 'export')
  await mkdir(link)
  await fill(link, first)
  refused.add('symlink')
  const error: unknown = await write(link, second).catch(caught => caught)
  expect(explain(error)).toEqual({
    text: `${link}: its file system takes no links; choose another folder`,
    exit: 74,
  })
  expect(await readFile(join(link, 'README.md'), 'utf8')).toBe('one')
})
