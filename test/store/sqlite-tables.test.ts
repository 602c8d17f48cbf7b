import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKept } from '../../store/sqlite-tables.ts'
import { temporaryFolder } from '../fixtures.ts'

const lying: Record<string, (path: string) => Promise<void>> = {
  'no file': async () => {},
  'an empty file': path => writeFile(path, ''),
  'a file that is no database': path => writeFile(path, 'no database '.repeat(99)),
  'a database whose pages are damaged': path =>
    writeFile(path, `SQLite format 3\0${'nothing that a page could be '.repeat(999)}`),
}

test.each(Object.entries(lying))('a database is kept where there was %s', async (_, put) => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'sketches.sqlite')
  await put(path)
  {
    using first = openKept(path)
    first.table.exec('CREATE TABLE made (value); INSERT INTO made VALUES (7)')
  }
  using later = openKept(path)
  expect(later.table.prepare('SELECT value FROM made').all()).toEqual([{ value: 7 }])
})

test('a place where no file can be is left alone', async () => {
  await using folder = await temporaryFolder()
  expect(() => openKept(join(folder.path, 'missing', 'sketches.sqlite'))).toThrow('unable to open')
})
