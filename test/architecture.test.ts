import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

/** A folder may import from itself and from those before it, never from those after. */
const order = [
  'schemas',
  'store',
  'tasks',
  'prompts',
  'sandbox',
  'tools',
  'teachers',
  'filters',
  'output',
  'pipeline',
  'cli',
]

/** Those who fulfil a contract or are plugged in by a config; the rest of these folders may be named by the pipeline. */
const contracts = [
  'filters/check.ts',
  'filters/filter.ts',
  'filters/interval.ts',
  'filters/models.ts',
  'filters/screen.ts',
  'filters/selector.ts',
  'output/about.ts',
  'output/export.ts',
  'output/write.ts',
  'prompts/asked.ts',
  'prompts/prompt.ts',
  'sandbox/restarting.ts',
  'sandbox/sandbox.ts',
  'store/images.ts',
  'store/limiter.ts',
  'store/store.ts',
  'tasks/intake.ts',
  'tasks/list.ts',
  'tasks/source.ts',
  'tasks/text-rows.ts',
  'teachers/prices.ts',
  'teachers/teacher.ts',
  'tools/leaks.ts',
  'tools/service.ts',
  'tools/tool.ts',
]

const root = join(import.meta.dirname, '..')
const files = order.flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file)),
)

/** Every file of ours that a file imports, from the root; `import()` counts too. */
const importsOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    ([, specifier = '']) => relative(root, join(root, dirname(file), specifier)),
  )

const folderOf = (file: string) => file.split('/')[0] ?? ''

test('the rule sees imports', () => {
  expect(importsOf('pipeline/rollout.ts')).toContain('teachers/teacher.ts')
  expect(importsOf('cli/main.ts')).toContain('cli/commands.ts')
})

test.each(files)('%s imports only what comes before it', file => {
  const wrong = importsOf(file).filter(
    target => order.indexOf(folderOf(target)) > order.indexOf(folderOf(file)),
  )
  expect(wrong).toEqual([])
  const unknown = importsOf(file).filter(target => !order.includes(folderOf(target)))
  expect(unknown).toEqual([])
})

test('the pipeline knows contracts, not who fulfils them', () => {
  const foreign = files
    .filter(file => file.startsWith('pipeline/'))
    .flatMap(importsOf)
    .filter(target => !['pipeline', 'schemas'].includes(folderOf(target)))
  expect(foreign.filter(target => !contracts.includes(target))).toEqual([])
})

test('no file imports itself by way of others', () => {
  const reaches = new Map(files.map(file => [file, reachable(file)]))
  expect(files.filter(file => reaches.get(file)?.has(file))).toEqual([])
})

function reachable(file: string): Set<string> {
  const seen = new Set<string>()
  const open = importsOf(file)
  for (const target of open) {
    if (seen.has(target)) continue
    seen.add(target)
    open.push(...importsOf(target))
  }
  return seen
}
