import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { moved, moves } from '../../cli/import-paths.ts'
import { temporaryFolder } from '../fixtures.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

test('every moved module is at its new path, and nothing took its old one', () => {
  expect(moved.size).toBeGreaterThan(30)
  expect([...moved.values()].filter(to => !(`./${to}` in exports))).toEqual([])
  expect([...moved.keys()].filter(from => `./${from}` in exports)).toEqual([])
})

test('the changelog has the table of moves', () => {
  const rows = moves.map(
    ({ from, to, names, as = '…' }) =>
      `| \`kindling/${from}/…\` | \`kindling/${to}/${as}\` | ${names.map(name => `\`${name}\``).join(' ')} |`,
  )
  expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(rows.join('\n'))
})

test('every public module is there', () => {
  expect(Object.values<string>(exports).filter(file => !existsSync(join(root, file)))).toEqual([])
})

/**
 * What Node itself and `loadConfig` make of such configs, one after the other, in a project that has kindling: the test
 * runner's own import finds modules in another way.
 */
async function loaded(files: Record<string, string>, installed = true): Promise<string[]> {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'node_modules'))
  if (installed) await symlink(root, join(folder.path, 'node_modules', 'kindling'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text)
  const load = `
    const { loadConfig } = await import(${JSON.stringify(join(root, 'cli/load.ts'))})
    for (const name of ${JSON.stringify(Object.keys(files))})
      console.log(await loadConfig(name).then(() => 'loaded', error => error.name + ' ' + error.message))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', load], { cwd: folder.path })
  return stdout.trimEnd().split('\n')
}

const wrong: [specifier: string, instead: string][] = [
  ['kindling/filters/answer', 'it is kindling/checks/answer now'],
  ['kindling/filters/difficulty', 'it is kindling/screens/difficulty now'],
  ['kindling/filters/models', 'it is kindling/teachers/teacher now'],
  ['kindling/teachers/program/program', 'it is kindling/teachers/program now'],
  ['kindling/checks/anwser', 'did you mean kindling/checks/answer?'],
  ['kindling/check/answer', 'did you mean kindling/checks/answer?'],
  ['kindling/checks/passed', 'did you mean kindling/filters/passed?'],
  ['kindling/checks/judges/judge', 'did you mean kindling/checks/judge?'],
  ['kindling/exports/hf', 'did you mean kindling/output/hf?'],
  ['kindling/checks/answer.ts', 'did you mean kindling/checks/answer?'],
  ['kindling/nothing-of-the-kind', 'docs/plug-ins.md lists what there is'],
]

test('a module that is not there is answered with the one that is', async () => {
  const files = wrong.map(([specifier], index) => [`a ${index}.config.mjs`, `import '${specifier}'`])
  expect(await loaded(Object.fromEntries(files))).toEqual(
    wrong.map(
      ([specifier, instead], index) =>
        `ConfigError a ${index}.config.mjs: there is no ${specifier}; ${instead}`,
    ),
  )
})

test('a file that the config imports is named itself', async () => {
  const files = {
    'a.config.mjs': `import './own.mjs'`,
    'own.mjs': `import { check } from 'kindling/filters/check'`,
  }
  expect((await loaded(files))[0]).toBe(
    'ConfigError own.mjs: there is no kindling/filters/check; it is kindling/checks/check now',
  )
})

test('a config outside a project with kindling is told so', async () => {
  const [said] = await loaded({ 'a.config.mjs': `import 'kindling/checks/answer'` }, false)
  expect(said).toMatch(/^ConfigError a\.config\.mjs: kindling is not installed there; put the file/)
})

test('what is missing of other packages is nothing that kindling knows of', async () => {
  const files = { 'a.mjs': `import 'nowhere-to-be-found'`, 'b.mjs': `import './nowhere.mjs'` }
  for (const said of await loaded(files)) expect(said).toMatch(/^ConfigError [ab]\.mjs: it cannot be loaded/)
})
