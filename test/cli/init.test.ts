import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Place, place } from './command.ts'

async function emptyProject(): Promise<Place> {
  const here = await place()
  await mkdir(join(here.folder, 'node_modules'))
  await symlink(join(import.meta.dirname, '../..'), join(here.folder, 'node_modules', 'kindling'))
  return here
}

test('what is there already stays as it is and is named, and the rest is written', async () => {
  await using here = await emptyProject()
  await writeFile(join(here.folder, 'tsconfig.json'), 'mine')
  await writeFile(join(here.folder, 'package.json'), '{ "name": "mine", "scripts": { "a": "b" } }')
  const { code, out, err } = await here.kindling(['init'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^there already, left as it is: tsconfig\.json$/m)
  expect(out).toMatch(/^written: package\.json\nwritten: checks\/short-answer\.ts$/m)
  expect(await readFile(join(here.folder, 'tsconfig.json'), 'utf8')).toBe('mine')
  expect(JSON.parse(await readFile(join(here.folder, 'package.json'), 'utf8'))).toEqual({
    name: 'mine',
    scripts: { a: 'b' },
    type: 'module',
  })

  const again = await here.kindling(['init'])
  expect(again.out).not.toContain('written')
  expect(again.out.match(/^there already/gm)).toHaveLength(12)
})

test('a folder of its own is made, and the next commands begin by going there', async () => {
  await using here = await emptyProject()
  const { code, out } = await here.kindling(['init', 'new/first'])
  expect(code).toBe(0)
  expect(out).toMatch(/^Next:\n {2}cd new\/first\n {2}npx kindling setup /m)
  expect(JSON.parse(await readFile(join(here.folder, 'new/first/package.json'), 'utf8'))).toEqual({
    private: true,
    type: 'module',
  })
})

const refused: [string, string, RegExp][] = [
  [
    'CommonJS',
    '{ "type": "commonjs" }',
    /^package\.json: its type is commonjs, .*`npm pkg set type=module`, or .*`kindling init first`\n$/,
  ],
  ['no JSON', '{', /^package\.json: it is not JSON; correct it\n$/],
]

test.each(refused)('a project that is %s is left alone', async (_, text, says) => {
  await using here = await emptyProject()
  await writeFile(join(here.folder, 'package.json'), text)
  const before = await readdir(here.folder)
  const { code, err } = await here.kindling(['init'])
  expect(code).toBe(2)
  expect(err).toMatch(says)
  expect(await readdir(here.folder)).toEqual(before)
})

test('a folder that could not import kindling is left alone', async () => {
  await using here = await place()
  const before = await readdir(here.folder)
  const { code, err } = await here.kindling(['init'])
  expect(code).toBe(2)
  expect(err).toMatch(
    /^kindling is not installed in \. or above it; do that first, as in `npm install [^`]+`\n$/,
  )
  expect(await readdir(here.folder)).toEqual(before)
})
