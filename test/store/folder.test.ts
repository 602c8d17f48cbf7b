import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explain } from '../../cli/exit.ts'
import { FolderError, makeFolder, unmakeFolder } from '../../store/folder.ts'
import { temporaryFolder } from '../fixtures.ts'

test('what is missing is made, and the uppermost of it is told', async () => {
  await using folder = await temporaryFolder()
  const at = (...path: string[]) => join(folder.path, ...path)
  expect(makeFolder(at('a/b/c'))).toBe(at('a'))
  expect(makeFolder(at('a/b/d'))).toBe(at('a/b/d'))
  expect(makeFolder(at('a'))).toBeUndefined()
})

test('what was made is taken back, but not what somebody else has put beside it', async () => {
  await using folder = await temporaryFolder()
  const at = (...path: string[]) => join(folder.path, ...path)
  const first = makeFolder(at('runs/a'))
  await writeFile(at('runs/a/store'), '')
  await mkdir(at('runs/b'))
  unmakeFolder(at('runs/a'), String(first))
  expect([existsSync(at('runs/a')), existsSync(at('runs/b'))]).toEqual([false, true])

  unmakeFolder(at('x/y/z'), String(makeFolder(at('x/y/z'))))
  expect(existsSync(at('x'))).toBe(false)
})

const refused: [string, string][] = [
  ['afile', 'HERE/afile is a file; a folder is needed there; choose another folder'],
  ['afile/b/c', 'HERE/afile is a file; a folder is needed there; choose another folder'],
  ['nowhere', 'HERE/nowhere is a link to nothing; a folder is needed there; choose another folder'],
  ['/proc/nope/x', '/proc/nope cannot be made: /proc takes no folder; choose another folder'],
]

test.each(refused)('%s is refused at once and in one line', async (path, says) => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'afile'), '')
  await symlink(join(folder.path, 'gone'), join(folder.path, 'nowhere'))
  let error: unknown
  try {
    makeFolder(path.startsWith('/') ? path : join(folder.path, path))
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(FolderError)
  expect(explain(error)).toEqual({ exit: 74, text: says.replace('HERE', folder.path) })
})
