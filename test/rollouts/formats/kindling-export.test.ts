import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kindlingExport } from '../../../rollouts/formats/kindling-export.ts'
import { rolloutSourceConformance, secret } from '../../conformance/rollout-source.ts'
import { storyFolder } from '../story.ts'

const rows = (await readFile(join(import.meta.dirname, '../rows-1.jsonl'), 'utf8'))
  .trim()
  .split('\n')
  .slice(0, 3)
  .map(line => JSON.parse(line))

rolloutSourceConformance(async work => {
  await using folder = await storyFolder()
  const good = await folder.rows('good.jsonl', rows)
  const broken = await folder.rows('broken.jsonl', rows.with(1, { note: secret }))
  await work({ good: kindlingExport(good), rows: rows.length, broken: kindlingExport(broken) })
})
