import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type Decided, decisionsIn, decisionsPath } from '../../../pipeline/decide/decisions.ts'
import { droppedBy, temporaryFolder } from '../../fixtures.ts'

test.each(['\u2028', '\u2029', '\u0085', '\n', '\r'])(
  'a decision that quotes a model’s %j is read as it was written',
  async sign => {
    await using folder = await temporaryFolder()
    const decision = droppedBy('passed', 'wrong', { detail: `answered "a${sign}b"` })
    const decided: Decided = { key: 'k', decision, facts: [] }
    await writeFile(decisionsPath(folder.path), `${JSON.stringify(decided)}\n`)
    expect(await Array.fromAsync(decisionsIn(decisionsPath(folder.path)))).toEqual([decided])
  },
)
