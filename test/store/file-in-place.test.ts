import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { draftInPlace, textInPlace } from '../../store/file-in-place.ts'
import { temporaryFolder } from '../fixtures.ts'

const ways: Record<string, (path: string, text: string) => Promise<void>> = {
  draft: async (path, text) => {
    await writeFile(`${path}.draft`, text)
    await draftInPlace(`${path}.draft`, path)
  },
  text: textInPlace,
}

/** What lies there before and after a text is put in place, and whether it was written. */
async function put(how: string, before: string | null, text: string) {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a')
  if (before !== null) await writeFile(path, before)
  const whichOf = () => stat(path, { bigint: true }).then(({ ino, mtimeNs }) => `${ino} ${mtimeNs}`)
  const old = before === null ? null : await whichOf()
  await ways[how]?.(path, text)
  expect(await readFile(path, 'utf8')).toBe(text)
  expect(await readdir(folder.path)).toEqual(['a'])
  return old !== (await whichOf())
}

const cases: [what: string, before: string | null, written: boolean][] = [
  ['the same', 'one', false],
  ['something as long', 'two', true],
  ['something longer', 'one two', true],
  ['nothing', null, true],
]

for (const how of Object.keys(ways))
  test.each(cases)(`a ${how} is put where %s lies`, async (_, before, written) => {
    expect(await put(how, before, 'one')).toBe(written)
  })
