import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decontaminated } from '../../filters/decontaminated.ts'
import { duplicates } from '../../filters/duplicates.ts'
import type { Selector } from '../../filters/selector.ts'
import { splitGuard } from '../../filters/split-guard.ts'
import { png, temporaryFolder } from '../fixtures.ts'
import { kept, row, select } from './selecting.ts'

const [here, lost] = [await png(40, 30), await png(41, 30)]
const rows = [
  row('a', { task: { images: [await kept(here)] } }),
  row('b', { task: { images: [await kept(lost)] } }),
]

test.each<[name: string, selector: (benchmark: string) => Selector]>([
  ['duplicates', () => duplicates()],
  ['duplicates by picture', () => duplicates({ by: 'image' })],
  ['splitGuard', () => splitGuard()],
  ['decontaminated', benchmarks => decontaminated({ benchmarks })],
])('%s names the task of a picture that is lost', async (_, selector) => {
  await using folder = await temporaryFolder()
  const benchmark = join(folder.path, 'exam.jsonl')
  await writeFile(benchmark, '{"question": "How far is it?"}\n')
  await expect(select(selector(benchmark), rows, [here])).rejects.toThrow(/^task b: \S+blobs\S+ is missing/)
})
