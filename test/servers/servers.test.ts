import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { commandIn } from '../cli/command.ts'
import { temporaryFolder } from '../fixtures.ts'
import { smallJail } from '../small-jail.ts'
import { type Behaviour, behaving, play } from './behaviour.ts'
import { allRows, titleOf } from './table.ts'

// The table: what servers do, and what a run makes of it. A new behaviour is one row in a file of `rows/`.
const rows = await allRows()
const titled = (some: Behaviour[]) => some.map(row => [titleOf(row), row] as const)

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

describe.each([...Map.groupBy(rows, ({ kind }) => kind)])('%s', (_, alike) => {
  test.concurrent.each(titled(alike))('%s', async (_, row) => {
    const { ends, calls, exit, said, trainedOn } = await play(row, sandbox)
    expect({ ends, calls, exit }, said.join('\n')).toEqual({
      ends: row.ends,
      calls: row.calls,
      exit: row.exit,
    })
    if (row.says) expect(said.join('\n')).toMatch(row.says)
    if (row.trained) expect(trainedOn).toMatch(row.trained)
    if (row.untrained) expect(trainedOn).not.toMatch(row.untrained)
  })
})

describe('through the command', () => {
  test.concurrent.each(titled(rows.filter(({ command }) => command)))('%s', async (_, row) => {
    await using folder = await temporaryFolder()
    await using server = await behaving(row)
    const config = JSON.stringify(join(import.meta.dirname, 'servers.config.ts'))
    await writeFile(join(folder.path, 'served.config.ts'), `export { default } from ${config}`)
    const env = { ROW: String(rows.indexOf(row)), ORIGIN: server.origin }
    const { code, out, err } = await commandIn(folder.path, env).kindling(['run', 'served.config.ts'])
    expect({ calls: server.arrived(), exit: code }, out + err).toEqual({ calls: row.calls, exit: row.exit })
    expect(out + err).not.toMatch(/^ +at /m)
    if (row.says) expect(err).toMatch(row.says)
  })
})
