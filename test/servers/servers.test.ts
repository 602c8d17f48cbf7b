import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import { type Behaviour, play } from './behaviour.ts'

// The table: what servers do, and what a run makes of it. A new behaviour is one row in a file of `rows/`.
const files = globSync('rows/*.ts', { cwd: import.meta.dirname })
const names = files.map(file => basename(file, '.ts')).sort()
const imported = names.map(name => import(`./rows/${name}.ts`) as Promise<{ rows: Behaviour[] }>)
const rows = (await Promise.all(imported)).flatMap(({ rows }) => rows)

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

describe.each([...Map.groupBy(rows, ({ kind }) => kind)])('%s', (_, alike) => {
  test.each(alike.map(row => [titleOf(row), row] as const))('%s', async (_, row) => {
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

function titleOf({ wire, streamed, server, ends, calls, exit }: Behaviour): string {
  const how = `${wire}${streamed ? ', streamed' : ''}`
  return `${how}: ${server} → ${ends.join('; ')}; ${calls} calls, exit ${exit}`
}
