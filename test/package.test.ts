import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { png, temporaryFolder } from './fixtures.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const packageJson = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

const config = `
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { rejected } from 'kindling/output/rejected'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { jsonl } from 'kindling/tasks/jsonl'
import { program } from 'kindling/teachers/program'
import { python } from 'kindling/tools/python'

export default defineConfig({
  name: 'first',
  tasks: jsonl('tasks.jsonl', {
    fields: { id: 'id', question: 'question', images: 'image', answer: 'answer' },
    source: { name: 'mine', licence: 'CC0-1.0' },
  }),
  teachers: [program({ errors: 0 })],
  tools: [python()],
  sandbox: bubblewrap(),
  checks: [answer()],
  filters: [passed('answer')],
  exports: [hf(), rejected()],
})
`

test('every version is exact, so that everyone installs what was tested', () => {
  const { dependencies, devDependencies, optionalDependencies } = packageJson
  const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(versions.filter(version => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([])
})

test('the lock file knows every binary of every platform, so that `npm ci` takes it on each of them', async () => {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))
  const known = new Set(Object.keys(packages).map(path => path.replace(/^.*node_modules\//, '')))
  const optional = Object.values(packages).flatMap(entry =>
    Object.keys((entry as { optionalDependencies?: object }).optionalDependencies ?? {}),
  )
  expect(optional.length).toBeGreaterThan(10)
  expect(optional.filter(name => !known.has(name))).toEqual([])
})

test('the packed package works from an empty folder, with a config that imports it by name', async () => {
  await using folder = await temporaryFolder()
  const project = join(folder.path, 'project')
  await mkdir(project)
  await run('npm', ['run', '--silent', 'build'], { cwd: root })
  const packed = await run('npm', ['pack', './dist', '--json', '--pack-destination', folder.path], {
    cwd: root,
    maxBuffer: 1 << 26,
  })
  const [{ filename }] = Object.values(JSON.parse(packed.stdout)) as [{ filename: string }]

  await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }')
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder.path, filename)], {
    cwd: project,
  })
  await writeFile(join(project, 'red.png'), await png(64, 64))
  const task = { id: 'a', question: 'What do you feel?', image: 'red.png', answer: 'nothing' }
  await writeFile(join(project, 'tasks.jsonl'), JSON.stringify(task))
  await writeFile(join(project, 'first.config.ts'), config)

  const kindling = join(project, 'node_modules/.bin/kindling')
  const { stdout } = await run(process.execPath, [kindling, 'run', 'first.config.ts', '--json'], {
    cwd: project,
  })
  const { funnel } = JSON.parse(stdout)
  expect(funnel).toMatchObject({
    rollouts: 1,
    kept: 0,
    dropped: [{ stage: 'synthesize', reason: 'unsolved_no_answer' }],
  })
})
