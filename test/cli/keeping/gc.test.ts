import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockFolder } from '../../../store/sqlite-lock.ts'
import { config, place } from '../command.ts'

test('exports are numbered, one that drifts is refused, and gc removes what it named', async () => {
  await using here = await place()
  await here.tasks([{}, {}])
  const guarded = 'guarded.config.ts'
  const original = JSON.stringify(join(import.meta.dirname, '../command.config.ts'))
  await writeFile(
    join(here.folder, guarded),
    `import config from ${original}\nexport default { ...config, guard: { maxDrop: 0.4 } }\n`,
  )
  const folder = join(here.folder, 'runs/command')
  expect((await here.kindling(['run', config])).code).toBe(0)

  await here.tasks([{}])
  const refused = await here.kindling(['run', guarded, '--json'])
  expect(refused).toMatchObject({ code: 7 })
  expect(refused.err.trim().split('\n').at(-1)).toBe(
    'guard: maxDrop is 0.4; rows kept: 1, before: 2; the earlier export stays: runs/command/export; the new one lies in runs/command/exports/0002.refused for a look (--accept-drift takes it)',
  )
  expect(JSON.parse(refused.out)).toMatchObject({
    refused: {
      bound: 'maxDrop',
      limit: 0.4,
      rows: 1,
      before: 2,
      folder: 'runs/command/exports/0002.refused',
    },
  })
  expect((await here.kindling(['curate', guarded, '--accept-drift'])).code).toBe(0)
  expect(JSON.parse(await readFile(join(folder, 'export/manifest.json'), 'utf8')).before.export).toBe('0001')

  await mkdir(join(folder, 'exports/draft'))
  const said = await here.kindling(['gc', 'command'])
  expect(said).toMatchObject({
    code: 0,
    out: 'runs/command: 0.0 kB could go\n  remains of what was stopped or refused: exports/draft (0.0 kB)\n2 numbered exports stay; --keep <count> keeps only the last\nnothing was removed; --yes removes it\n',
  })
  const removed = await here.kindling(['gc', '--keep', '1', '--yes', '--json'])
  expect(JSON.parse(removed.out)).toMatchObject({ run: 'runs/command', removed: true, numbered: 1 })
  expect(await readdir(join(folder, 'exports'))).toEqual(['0002'])
  expect((await here.kindling(['gc'])).out).toBe('runs/command: nothing could go\n')
})

test.each<[string, string[], number, RegExp]>([
  [
    'a number that is none',
    ['gc', '--keep', '0'],
    2,
    /^--keep: 0 is no number of exports; give a whole number from 1$/m,
  ],
  ['a folder without a run', ['gc', 'nowhere'], 2, /^nowhere is neither the folder nor the name of a run/],
  ['a run that is worked on', ['gc', 'command', '--yes'], 75, /is being worked on by another process/],
])('%s is refused in one line, and nothing is written', async (_, args, code, line) => {
  await using here = await place()
  await mkdir(join(here.folder, 'runs/command'), { recursive: true })
  await writeFile(join(here.folder, 'runs/command/store.sqlite'), '')
  using _held = code === 75 ? await lockFolder(join(here.folder, 'runs/command')) : undefined
  const ended = await here.kindling(args)
  expect(ended.code).toBe(code)
  expect(ended.err).toMatch(line)
  expect(ended.err.trim().split('\n')).toHaveLength(1)
})
