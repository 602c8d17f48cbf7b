import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { shareGpt } from '../../rollouts/formats/share-gpt.ts'
import { temporaryFolder } from '../fixtures.ts'
import { unreadOf, writeRows } from './many-rows.ts'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

test('of many rows none is held when it was read, and a line that is none costs itself', async () => {
  await using folder = await temporaryFolder()
  const lines = 20_000
  await writeRows(folder.path, lines)
  const met: WeakRef<object>[] = []
  const [problems, lost] = [new Set<string>(), new Map<string, number>()]
  let [rows, bad] = [0, 0]
  for await (const each of shareGpt(join(folder.path, 'theirs.jsonl')).read()) {
    met.push(new WeakRef(each))
    if ('problem' in each) {
      bad++
      problems.add(each.problem)
    } else if (each.kind === 'conversation') {
      rows++
      for (const part of each.question)
        if (part.type === 'gap') lost.set(part.gap, (lost.get(part.gap) ?? 0) + 1)
    }
  }
  expect({ rows, bad }).toEqual({ rows: lines - unreadOf(lines), bad: unreadOf(lines) })
  expect(problems.size).toBeGreaterThan(3)
  expect([...lost.keys()].sort()).toEqual(['image_missing', 'image_outside', 'remote_image'])
  // Neither what is no JSON nor a key that is there twice is quoted.
  for (const problem of problems) expect(problem).not.toContain('sk-')
  await new Promise(setImmediate)
  collect()
  expect(met.filter(each => each.deref() !== undefined).length).toBeLessThan(100)
})
