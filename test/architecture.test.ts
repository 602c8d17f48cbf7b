import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

/** A room may import from itself and from those before it, never from those after. */
const rooms = [
  'schemas',
  'store',
  'workers',
  'words',
  'labels',
  'answers',
  'images',
  'tasks',
  'prompts',
  'sandbox',
  'tools',
  'teachers',
  'checks',
  'screens',
  'filters',
  'rollouts',
  'output',
  'xray',
  'charts',
  'view',
  'pipeline',
  'publish',
  'cli',
]

/**
 * The same within a room: a sub-room may import from those before it. A room's own file has its place beside the last
 * sub-room that it needs, before those that need it.
 */
const subRooms: Record<string, string[]> = {
  store: ['pictures', 'remote', 's3'],
  labels: ['converters'],
  answers: ['reading', 'compare'],
  tasks: ['remote', 'parquet'],
  tools: ['web', 'engines', 'corpus', 'mcp'],
  teachers: ['reading', 'program'],
  checks: ['reading', 'code', 'private', 'signals', 'rerun', 'judges'],
  filters: ['strata', 'near'],
  rollouts: ['formats'],
  output: ['length', 'shards', 'numbered', 'lineage', 'openai', 'inlined', 'targets', 'tables'],
  cli: [
    'lines',
    'numbers',
    'watching',
    'scheduled',
    'keeping',
    'comparing',
    'xray',
    'judging',
    'publishing',
    'labelling',
    'reporting',
    'viewing',
    'showing',
    'auditing',
    'working',
    'parts',
  ],
  xray: ['trainers'],
  view: ['page'],
  pipeline: [
    'spend',
    'ask',
    'batch',
    'rollout',
    'taking',
    'offline',
    'leading',
    'verify',
    'screen',
    'accept',
    'merge',
    'compare',
    'decide',
    'solve',
    'working',
    'jobs',
  ],
}

/** Files that may lie in one folder: a reader takes in no more at once. */
const most = (folder: string) => (/^(pipeline|checks|filters|tools)(\/|$)/.test(folder) ? 20 : 28)

/** Those who fulfil a contract or are plugged in by a config; the rest of these folders may be named by the pipeline. */
const contracts = [
  'checks/check.ts',
  'checks/judges/interval.ts',
  'checks/rerun/rerun-difference.ts',
  'filters/filter.ts',
  'filters/selector.ts',
  'labels/label.ts',
  'output/export.ts',
  'output/guard.ts',
  'output/length/lengths.ts',
  'output/numbered/alike.ts',
  'output/numbered/numbered-export.ts',
  'output/run-about.ts',
  'output/tables/table.ts',
  'output/write.ts',
  'prompts/asked-parts.ts',
  'prompts/prompt.ts',
  'prompts/twofold.ts',
  'rollouts/profiles.ts',
  'rollouts/rerun.ts',
  'rollouts/source.ts',
  'rollouts/take.ts',
  'sandbox/restarting-session.ts',
  'sandbox/sandbox.ts',
  'screens/screen.ts',
  'store/database.ts',
  'store/errors.ts',
  'store/default.ts',
  'store/file-in-place.ts',
  'store/folder.ts',
  'store/garbage.ts',
  'store/images.ts',
  'store/limiter.ts',
  'store/marks.ts',
  'store/store.ts',
  'store/writes-under-way.ts',
  'tasks/intake.ts',
  'tasks/remote/pins.ts',
  'tasks/remote/usual-reach.ts',
  'tasks/source.ts',
  'tasks/task-list.ts',
  'tasks/text-rows.ts',
  'teachers/prices.ts',
  'teachers/teacher.ts',
  'tools/leaks.ts',
  'tools/refused-pictures.ts',
  'tools/service.ts',
  'tools/tool.ts',
  'words/rationale.ts',
  'workers/shared-funds.ts',
  'workers/worker-pool.ts',
]

const root = join(import.meta.dirname, '..')
const files = rooms.flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file)),
)

/** Every file of ours that a file imports, from the root; `import()` counts too. */
const importsOf = (file: string) => filesNamed(file, /(?:from|import)\s*\(?\s*'(\.[^']+)'/g)

/** Those that it cannot be read without. */
const needsOf = (file: string) => filesNamed(file, /from\s*'(\.[^']+)'/g)

const filesNamed = (file: string, as: RegExp) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(as)].map(([, specifier = '']) =>
    relative(root, join(root, dirname(file), specifier)),
  )

/** Every package that a file imports, by the name it is installed under. */
const packagesOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export) [^'`]*?from '([^.'][^']*)'/gm)]
    .map(([, specifier = '']) => specifier)
    .filter(specifier => !specifier.startsWith('node:') && !specifier.startsWith('kindling'))
    .map(specifier =>
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    )

const roomOf = (file: string) => file.split('/')[0] ?? ''
/** Undefined for a room's own files. */
const subRoomOf = (file: string) => (file.split('/').length > 2 ? file.split('/')[1] : undefined)

test('the rule sees imports', () => {
  expect(importsOf('pipeline/rollout/rollout.ts')).toContain('teachers/teacher.ts')
  expect(importsOf('cli/main.ts')).toContain('cli/job-commands.ts')
  expect(packagesOf('schemas/task.ts')).toEqual(['typebox'])
  expect(packagesOf('tools/mcp/connection.ts')).toContain('@modelcontextprotocol/client')
})

test.each(files)('%s imports only what comes before it', file => {
  const targets = importsOf(file)
  expect(targets.filter(target => !rooms.includes(roomOf(target)))).toEqual([])
  expect(targets.filter(target => rooms.indexOf(roomOf(target)) > rooms.indexOf(roomOf(file)))).toEqual([])
  const own = targets.filter(target => roomOf(target) === roomOf(file))
  expect(own.filter(target => !mayImport(file, target))).toEqual([])
})

function mayImport(file: string, target: string): boolean {
  const order = subRooms[roomOf(file)] ?? []
  const from = subRoomOf(file)
  const needed = [target, ...reachable(target)]
    .filter(each => roomOf(each) === roomOf(file))
    .flatMap(subRoomOf)
  return (
    from === undefined ||
    needed.every(each => each === undefined || order.indexOf(each) <= order.indexOf(from))
  )
}

test('every sub-room has its place in the order of its room', () => {
  const found = new Set(
    files.flatMap(file => (subRoomOf(file) === undefined ? [] : [`${roomOf(file)}/${subRoomOf(file)}`])),
  )
  const known = Object.entries(subRooms).flatMap(([room, names]) => names.map(name => `${room}/${name}`))
  expect([...found].sort()).toEqual(known.sort())
})

test('the pipeline knows contracts, not who fulfils them', () => {
  const foreign = files
    .filter(file => file.startsWith('pipeline/'))
    .flatMap(importsOf)
    .filter(target => !['pipeline', 'schemas'].includes(roomOf(target)))
  expect(foreign.filter(target => !contracts.includes(target))).toEqual([])
})

test('no file imports itself by way of others', () => {
  expect(files.filter(file => reachable(file).has(file))).toEqual([])
})

test('no file is more than fourteen imports away from one that imports nothing of ours', () => {
  const longest = files.map(chainFrom).reduce((best, each) => (each.length > best.length ? each : best), [])
  expect(longest.length - 1, longest.join(' → ')).toBeLessThanOrEqual(14)
})

test('no folder holds more files than a reader takes in', () => {
  const all = rooms.flatMap(room =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && !entry.name.endsWith('.pyc'))
      .map(({ parentPath }) => relative(root, parentPath)),
  )
  const counts = Map.groupBy(all, folder => folder)
  expect(counts.size).toBeGreaterThan(rooms.length)
  expect(
    [...counts].filter(([folder, { length }]) => length > most(folder)).map(([folder]) => folder),
  ).toEqual([])
})

test('every package that is imported is installed with this one', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // The page's script holds the packages that it needs: it is built with them.
  const installed = files.filter(file => !file.startsWith('view/page/'))
  const missing = installed.flatMap(file =>
    packagesOf(file)
      .filter(name => !Object.hasOwn(dependencies, name))
      .map(name => `${file}: ${name}`),
  )
  expect(missing).toEqual([])
})

/** Where the names of tools mean others: the student's own tools, the program that is a teacher, the version of Python. */
const othersWords = /^(prompts\/deepeyes\.ts|teachers\/program\/|sandbox\/sandbox-of\.ts)/

test('outside tools/ no tool is known by its name, only by what it is for', () => {
  const known = files
    .filter(file => roomOf(file) !== 'tools' && !othersWords.test(file))
    .filter(file => {
      const text = readFileSync(join(root, file), 'utf8').replaceAll(/\b(?:prompt|twofold)\('python'\)/g, '')
      return /(['"`])python\1|\bname\b[^\n]*(['"`])(image|text)_search\2/.test(text)
    })
  expect(known).toEqual([])
})

/** Every name that a file exports; a schema and the type of its values are one thing. */
const namesOf = (file: string) =>
  new Set(
    [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /^export (?:async )?(?:const|function\*?|interface|type|class) (\w+)/gm,
      ),
    ].map(([, name = '']) => name),
  )

/** May use the words of others: its text is part of its teacher's identity, so a new word in it would buy replies again. */
const fixedText = 'teachers/program/'

test('the rule sees names', () => {
  expect([...namesOf('schemas/cell.ts')]).toEqual(['CellStatus', 'Cell', 'Environment'])
  expect([...namesOf('pipeline/plan.ts')]).toEqual(expect.arrayContaining(['Plan', 'makePlan', 'planned']))
})

test('no two files export the same name', () => {
  const exported = files
    .filter(file => !file.startsWith(fixedText))
    .flatMap(file => [...namesOf(file)].map(name => ({ name, file })))
  const shared = [...Map.groupBy(exported, ({ name }) => name)].filter(([, all]) => all.length > 1)
  expect(shared.map(([name, all]) => `${name}: ${all.map(({ file }) => file).join(', ')}`)).toEqual([])
})

const reached = new Map<string, Set<string>>()

function reachable(file: string): Set<string> {
  const known = reached.get(file)
  if (known) return known
  const seen = new Set<string>()
  const open = importsOf(file)
  for (const target of open) {
    if (seen.has(target)) continue
    seen.add(target)
    open.push(...importsOf(target))
  }
  reached.set(file, seen)
  return seen
}

const chains = new Map<string, string[]>()

/** The longest way from a file to one that imports nothing of ours. */
function chainFrom(file: string): string[] {
  const tails = (): string[][] => needsOf(file).map(chainFrom)
  const chain = chains.get(file) ?? [
    file,
    ...tails().reduce((best, each) => (each.length > best.length ? each : best), []),
  ]
  chains.set(file, chain)
  return chain
}
