import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../cli/load.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { OptionsError } from '../../schemas/options.ts'
import { temporaryFolder } from '../fixtures.ts'

const teacher = `{ name: 't', options: {}, samples: 1, ask() {} }`
const tool = `{ name: 'x', description: '', args: {}, options: {}, run() {} }`
const sandbox = `{ name: 's', options: {}, limits: {}, describe() {}, open() {} }`
const config = (fields: string) =>
  `export default { name: 'a', teachers: [${teacher}], tasks: [], tools: [], sandbox: ${sandbox}, checks: [], filters: [], exports: [], ${fields} }`

const wrong: [string, string, RegExp][] = [
  ['no default export', 'export const config = {}', /^FILE: it has no `export default defineConfig/],
  ['a name that is no folder', config(`name: 'a/b'`), /^name is "a\/b"; give a folder name/],
  ['a name above its folder', config(`name: '..'`), /^name is "\.\."; give a folder name/],
  ['no teacher', config('teachers: []'), /^teachers: there is none; add one$/],
  [
    'two teachers of one name',
    config(`teachers: [${teacher}, ${teacher}]`),
    /^teachers: two are named t; give/,
  ],
  ['two tools of one name', config(`tools: [${tool}, ${tool}]`), /^tools: two are named x; give/],
  [
    'no samples',
    config(`teachers: [{ ...${teacher}, samples: 0 }]`),
    /^teachers: t: samples is 0; give a whole/,
  ],
  [
    'no requests',
    config(`teachers: [{ ...${teacher}, limits: { requestsPerMinute: 0, account: 'ours' } }]`),
    /^teachers: t: limits\.requestsPerMinute is 0; give a whole/,
  ],
  [
    'no tokens at one of its endpoints',
    config(`teachers: [{ ...${teacher}, endpoints: [{ ...${teacher}, limits: { tokensPerMinute: -1 } }] }]`),
    /^teachers: t: limits\.tokensPerMinute is -1; give a whole/,
  ],
  [
    'nothing at once',
    config('limits: { concurrency: 0 }'),
    /^limits\.concurrency is 0; give a whole number from 1$/,
  ],
  ['half a turn', config('limits: { turns: 1.5 }'), /^limits\.turns is 1\.5; give/],
  [
    'a misspelt budget',
    config('limits: { budgetUSD: 1 }'),
    /^`limits\.budgetUSD` is no option; did you mean `budgetUsd`\?$/,
  ],
  ['a misspelt field', config('filtres: []'), /^`filtres` is no option; did you mean `filters`\?$/],
  ['broken syntax', 'export default {', /^FILE: it cannot be loaded \(/],
  ['a missing import', `import 'nowhere-to-be-found'`, /^FILE: it cannot be loaded \(.*nowhere-to-be-found/],
  ['an error of its own', 'throw new Error("no such\\nmodel")', /^FILE: it cannot be loaded \(no such\)$/],
]

test.each(wrong)('a config with %s is refused in one line', async (_, text, says) => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'bad.config.mjs')
  await writeFile(path, text)
  const error: unknown = await loadConfig(path).catch((thrown: unknown) => thrown)
  if (!(error instanceof ConfigError || error instanceof OptionsError)) throw error
  const message = error.message.replaceAll(path, 'FILE')
  expect(message).toMatch(says)
  expect(message).not.toContain('\n')
})

test('what kindling itself says of a part of the config is not reworded', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'bad.config.mjs')
  const problem = join(import.meta.dirname, '../../schemas/input-error.ts')
  await writeFile(
    path,
    `import { InputError } from '${problem}'\nthrow new InputError(['a.jsonl: is not there'])`,
  )
  await expect(loadConfig(path)).rejects.toThrow(/^a\.jsonl: is not there$/)
})

test('defaults are filled in, and given limits stay', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'good.config.mjs')
  await writeFile(path, config('limits: { turns: 3 }'))
  const settings = await loadConfig(path)
  expect(settings).toMatchObject({
    folder: join(folder.path, 'runs/a'),
    tasks: [],
    limits: { turns: 3, concurrency: 8, maxTokens: 4096 },
  })
  expect(Object.keys(settings.prompts)).toEqual(['system', 'python', 'question'])
})
