import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { config, place } from './command.ts'

test('paths of a config begin in its folder, and a run that was begun elsewhere goes on where it is', async () => {
  await using here = await place()
  const at = (...path: string[]) => join(here.folder, ...path)
  const sub = join('sub', config)
  await mkdir(at('sub'))
  await rename(at(config), at(sub))
  await here.tasks([{}])

  await mkdir(at('runs/command'), { recursive: true })
  const former = await here.kindling(['run', sub])
  expect(former).toMatchObject({ code: 0, out: expect.stringContaining('The dataset: runs/command/export/') })
  const warnings = former.err.split('\n').filter(line => line.includes('is taken from the working folder'))
  expect(warnings).toEqual([
    expect.stringMatching(/^warning: runs\/command is .*: write \.\.\/runs\/command$/),
    expect.stringMatching(/^warning: tasks\.jsonl is .*: write \.\.\/tasks\.jsonl$/),
  ])
  const asked = here.asked.length

  for (const name of ['tasks.jsonl', '0.png', 'runs']) await rename(at(name), at('sub', name))
  const moved = await here.kindling(['run', sub])
  expect(moved).toMatchObject({
    code: 0,
    out: expect.stringContaining('The dataset: sub/runs/command/export/'),
  })
  expect(moved.err).not.toContain('working folder')
  expect(here.asked).toHaveLength(asked)

  await rm(at('sub/runs'), { recursive: true })
  expect(await here.kindling(['run', sub])).toMatchObject({ code: 0 })
  expect([existsSync(at('sub/runs/command')), existsSync(at('runs'))]).toEqual([true, false])
})
