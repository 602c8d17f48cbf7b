import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { writeExports } from '../../output/write.ts'
import { answerTurn, kinds, pythonTurn, temporaryFolder } from '../fixtures.ts'
import { about, album, kept, run, stream } from './rows.ts'

const { images, bytes } = await album([
  [640, 480],
  [31, 17],
])
/** One with a large picture, and one with a small one. */
const rows = images.map((image, index) => kept(about([image], index)))

async function write(maxTokens?: number) {
  await using folder = await temporaryFolder()
  const bounded = maxTokens === undefined ? {} : { maxTokens }
  const exports = [hf(), llamaFactory(bounded), deepEyesSft(bounded)]
  const { targets } = await writeExports({
    folder: join(folder.path, 'export'),
    rows: stream(rows),
    exports,
    about: run,
    bytes,
    kinds,
  })
  const read = (path: string) => readFile(join(folder.path, 'export', path), 'utf8')
  return {
    targets,
    read: { card: await read('README.md'), training: await read('llamafactory/kindling.yaml') },
  }
}

test('a target for training says how long its rows are, in card and training file, and a view does not', async () => {
  const { targets, read } = await write()
  const { longest = 0, median = 0 } = targets.llamafactory?.tokens ?? {}
  expect(longest - median).toBe(391 - 6)
  expect(targets.hf?.tokens).toBeUndefined()
  expect(read.card).toContain(`Its longest row has ${longest} tokens`)
  const [, cutoff] = /^cutoff_len: (\d+)$/m.exec(read.training) ?? []
  expect(Number(cutoff)).toBeGreaterThan(longest)
})

test.each(['llamafactory', 'deepeyes_sft'])('%s declines a row that is longer than its bound', async name => {
  const longest = (await write()).targets[name]?.tokens?.longest ?? 0
  expect((await write(longest)).targets[name]).toMatchObject({ rows: 2, declined: {} })
  const { rows, declined, tokens } = (await write(longest - 1)).targets[name] ?? {}
  expect({ rows, declined }).toEqual({ rows: 1, declined: { too_long: 1 } })
  expect(tokens?.longest).toBeLessThan(longest)
})

test('what became of rows on the way is counted in card and manifest, and left out where nothing did', async () => {
  await using folder = await temporaryFolder()
  const looped = pythonTurn({ code: 'for i in range(3):\n    print(i)\nprint(4)' })
  const longer = rows.map((_, index) =>
    kept(about([...images], index, { turns: [pythonTurn(), looped, answerTurn('8')] })),
  )
  const { targets } = await writeExports({
    folder: join(folder.path, 'export'),
    rows: stream([...longer, kept(about([...images], 3))]),
    exports: [deepEyesSft({ beyond: 'cut' }), llamaFactory()],
    about: run,
    bytes,
    kinds,
  })
  expect(targets.deepeyes_sft).toMatchObject({ rows: 3, declined: {}, changed: { cut: 2 } })
  expect(targets.llamafactory).not.toHaveProperty('changed')
  const card = await readFile(join(folder.path, 'export/README.md'), 'utf8')
  expect(card).toMatch(/A row that is `cut` ends with a call.* Changed on the way into it: `cut` 2\./)
})
