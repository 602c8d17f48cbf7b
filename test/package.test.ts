import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  name: 'felt',
  tasks: jsonl('tasks.jsonl', {
    fields: { id: 'id', question: 'question', images: 'image', answer: 'answer' },
    source: { name: 'mine', licence: 'CC0-1.0' },
  }),
  teachers: [program({ errors: 0 })],
  tools: [python()],
  sandbox: bubblewrap(),
  checks: [answer()],
  filters: [passed()],
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

/** An empty project with the package as it is packed. */
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let project: string

beforeAll(async () => {
  folder = await temporaryFolder()
  project = join(folder.path, 'project')
  await mkdir(project)
  await run('npm', ['run', '--silent', 'build'], { cwd: root })
  const packed = await run('npm', ['pack', './dist', '--json', '--pack-destination', folder.path], {
    cwd: root,
    maxBuffer: 1 << 26,
  })
  const [{ filename }] = Object.values(JSON.parse(packed.stdout)) as [{ filename: string }]
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder.path, filename)], {
    cwd: project,
  })
})
afterAll(() => folder[Symbol.asyncDispose]())

const kindling = (args: string[]) =>
  run(process.execPath, [join(project, 'node_modules/.bin/kindling'), ...args], { cwd: project })

test('from an empty folder, `init` writes a project whose types are right and whose first run keeps rows', async () => {
  const { stdout } = await kindling(['init'])
  expect(stdout).toMatch(/^written: first\.config\.ts$/m)
  expect(stdout).toMatch(/^ {2}npx kindling run first\.config\.ts /m)

  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [tsc, '--project', project])

  const { stdout: made, stderr } = await kindling(['run', 'first.config.ts', '--json'])
  const { funnel } = JSON.parse(made)
  expect(funnel).toMatchObject({
    rollouts: 6,
    kept: 5,
    dropped: [{ stage: 'few_turns', reason: 'too_many_turns', examples: ['lines-1'] }],
  })
  expect(stderr.split('\n').filter(line => line !== '' && !line.startsWith('{'))).toEqual([])
})

test('a config beside it that solves nothing says so', async () => {
  await writeFile(join(project, 'red.png'), await png(64, 64))
  const task = { id: 'a', question: 'What do you feel?', image: 'red.png', answer: 'nothing' }
  await writeFile(join(project, 'tasks.jsonl'), JSON.stringify(task))
  await writeFile(join(project, 'felt.config.ts'), config)
  const { code, stdout } = await kindling(['run', 'felt.config.ts', '--json']).catch(failed => failed)
  expect(code).toBe(6)
  expect(JSON.parse(stdout).funnel).toMatchObject({
    rollouts: 1,
    kept: 0,
    dropped: [{ stage: 'synthesize', reason: 'unsolved_no_answer' }],
  })
})

test('every public module can be imported', async () => {
  const paths = Object.keys(packageJson.exports).filter(path => path !== './package.json')
  expect(paths.length).toBeGreaterThan(90)
  const script = `for (const path of ${JSON.stringify(paths)}) await import('kindling' + path.slice(1))`
  await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: project })
})

test('no link of its documents leads nowhere', async () => {
  const installed = join(project, 'node_modules/kindling')
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: installed })
  expect(documents).toContain('README.md')
  for (const document of documents) {
    const text = await readFile(join(installed, document), 'utf8')
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target)
    const gone = links.filter(target => !existsSync(join(installed, dirname(document), target)))
    expect(gone, document).toEqual([])
  }
})
