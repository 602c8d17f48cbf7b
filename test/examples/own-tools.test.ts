import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../fixtures.ts'
import { runConfig } from './run.ts'

test('the example of own tools solves its tasks and says which tools there were', async () => {
  await using folder = await temporaryFolder()
  const { funnel } = await runConfig('examples/own-tools.config.ts', { RUNS: folder.path })
  expect(funnel).toMatchObject({ rollouts: 6, answered: 6 })
  const manifest = JSON.parse(await readFile(join(folder.path, 'own-tools/export/manifest.json'), 'utf8'))
  expect(manifest.config.tools.map(({ name }: { name: string }) => name)).toEqual([
    'python',
    'image_zoom_in_tool',
    'calculator',
    'image_size',
    'demo_get-sum',
    'demo_get-tiny-image',
  ])
})
