import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPart } from '../../../cli/parts/part.ts'
import { ResultLine } from '../../../cli/scheduled/lines.ts'
import { validator } from '../../../schemas/validate.ts'
import { config, place } from '../command.ts'

test.each([
  ['1/1', { index: 1, of: 1 }],
  ['3/64', { index: 3, of: 64 }],
  ['100000/100000', { index: 100_000, of: 100_000 }],
])('%s is a part', (text, part) => {
  expect(readPart(text)).toEqual(part)
})

test.each(['', '3', '0/4', '5/4', '-1/4', '1/0', '1.5/4', '3/64/1', '1/100001', ' 1/2', '１/2'])(
  '%j is no part, and is refused with one that is',
  text => {
    expect(() => readPart(text)).toThrow(/^--shard: .* is no part; give one such as 3\/64/)
  },
)

test('parts are solved, looked at and merged by the command, and each says how it ended', async () => {
  await using here = await place()
  await here.tasks([{}, {}, {}])
  const resultOf = (out: string) => {
    const line = JSON.parse(out.trim().split('\n').at(-1) ?? '')
    expect(validator(ResultLine)(line), JSON.stringify(line)).toMatchObject({ ok: true })
    return line
  }

  const refused = await here.kindling(['run', config, '--shard', '3/2'])
  expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/^--shard: "3\/2" is no part.*\n$/)])
  expect(await readdir(here.folder)).not.toContain('runs')

  const first = resultOf((await here.kindling(['run', config, '--shard', '1/2', '--json'])).out)
  expect(first).toMatchObject({
    status: 0,
    part: { index: 1, of: 2, folder: 'runs/command.part-1-of-2' },
    open: 0,
  })
  const missing = await here.kindling(['merge', config])
  expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('of 2 parts there is no 2')])
  expect((await here.kindling(['status', 'command'])).out).toMatch(
    /^runs\/command: 2 parts, 1 are done, 0 are being worked on, 1 are not begun here\n/,
  )

  const second = resultOf((await here.kindling(['run', config, '--shard', '2/2', '--json'])).out)
  expect(first.tasks + second.tasks).toBe(3)
  const whole = resultOf((await here.kindling(['status', 'command', '--json'])).out)
  expect(whole).toMatchObject({ of: 2, missing: [], planned: 3, solved: 3, working: false })

  const merged = resultOf((await here.kindling(['merge', config, '--json'])).out)
  expect(merged).toMatchObject({ command: 'merge', status: 0, counts: { tasks: 3, kept: 3 }, usdNow: null })
  expect(here.asked).toHaveLength(6)
  expect(await readdir(join(here.folder, 'runs'))).toHaveLength(3)
})
