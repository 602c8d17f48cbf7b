import { existsSync } from 'node:fs'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../../store/sqlite.ts'
import { config, measuring, place } from './command.ts'

const price = { models: ['m'], date: '2026-01-01', source: 'test', input: 1000, cacheWrite: 0, output: 1000 }

test('a run that is refused leaves nothing behind', async () => {
  await using here = await place()
  await here.tasks([{ question: '' }])
  expect(await here.kindling(['run', config])).toMatchObject({ code: 2 })
  expect(existsSync(join(here.folder, 'runs'))).toBe(false)

  await writeFile(join(here.folder, 'runs'), '')
  const { code, err } = await here.kindling(['run', config])
  expect({ code, err }).toEqual({
    code: 74,
    err: 'runs is a file; a folder is needed there; choose another folder\n',
  })
})

test('stats take the run that was decided last, at the prices it went by', async () => {
  await using here = await place()
  await here.tasks([{}])
  await writeFile(join(here.folder, 'prices.json'), JSON.stringify({ prices: [price] }))
  await writeFile(
    join(here.folder, 'priced.config.ts'),
    `import config from './${config}'\nexport default { ...config, prices: 'prices.json' }`,
  )
  const made = await here.kindling(['run', 'priced.config.ts', '--json'])
  expect(made, made.err).toMatchObject({ code: 0 })
  const { costs } = JSON.parse(made.out)
  expect(costs.total.usd).toBeGreaterThan(0)

  const begun = join(here.folder, 'runs', 'begun')
  await (await openSqliteStore(begun))[Symbol.asyncDispose]()
  await mkdir(join(here.folder, 'runs', 'other'))
  const later = new Date(Date.now() + 60_000)
  for (const name of ['begun', 'other']) await utimes(join(here.folder, 'runs', name), later, later)
  const { code, out } = await here.kindling(['stats', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(out).costs).toEqual(costs)

  expect(existsSync(join(here.folder, 'runs/command/prices.json'))).toBe(true)
  await here.kindling(['run', config])
  expect(existsSync(join(here.folder, 'runs/command/prices.json'))).toBe(false)
})

test('of a run without decisions it is said how far it is and what goes on with it', async () => {
  await using here = await place((arrived, number) => (number > 1 ? 'hang' : measuring(arrived, number)))
  await here.tasks([{}])
  const { child, ended } = here.start(['run', config])
  await here.next()
  await here.next()
  for (const command of [['stats'], ['show', 'width/1']]) {
    const { code, err } = await here.kindling(command)
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(
        /^runs\/command has no decisions yet; 0 of 1 planned rollouts are there, calls so far: 1 \(no price\): run its config, which goes on from there and decides at the end\n$/,
      ),
    })
  }
  child.kill('SIGTERM')
  await ended
})
