import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answer } from '../../checks/answer.ts'
import { schema } from '../../checks/schema.ts'
import { duplicates } from '../../filters/duplicates.ts'
import { passed } from '../../filters/passed.ts'
import { hf } from '../../output/targets/hf.ts'
import { Config } from '../../pipeline/config.ts'
import { ConfigError } from '../../pipeline/errors.ts'
import { settings } from '../../pipeline/settings.ts'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import { OptionsError } from '../../schemas/options.ts'
import { openai } from '../../teachers/openai.ts'
import { program } from '../../teachers/program.ts'
import { calculator } from '../../tools/calculator.ts'
import { leakGuard } from '../../tools/leak-guard.ts'
import { temporaryFolder } from '../fixtures.ts'

const good = {
  name: 'a',
  tasks: [],
  teachers: [program()],
  tools: [],
  sandbox: bubblewrap(),
  checks: [answer()],
  filters: [passed()],
  exports: [hf()],
}

/** Whatever a config that strips types lets through. */
const loosely = (work: (...given: never[]) => unknown, ...given: unknown[]) =>
  Reflect.apply(work, undefined, given)
const configured = (changes: object) => () => loosely(settings, { ...good, ...changes })

const faults: [what: string, make: () => unknown, line: string][] = [
  [
    'a budget',
    configured({ limits: { budgetUSD: 1 } }),
    '`limits.budgetUSD` is no option; did you mean `budgetUsd`?',
  ],
  [
    'a limit',
    configured({ limits: { concurency: 2 } }),
    '`limits.concurency` is no option; did you mean `concurrency`?',
  ],
  [
    'an address',
    () => loosely(openai, { model: 'x', baseUrl: 'http://127.0.0.1:1' }),
    'openai: `baseUrl` is no option; did you mean `baseURL`?',
  ],
  [
    'samples',
    () => loosely(openai, { model: 'x', sample: 4 }),
    'openai: `sample` is no option; did you mean `samples`?',
  ],
  [
    'a temperature',
    () => loosely(openai, { model: 'x', temprature: 0.2 }),
    'openai: `temprature` is no option; did you mean `temperature`?',
  ],
  ['errors', () => loosely(program, { error: 0 }), 'program: `error` is no option; did you mean `errors`?'],
  ['filters', configured({ filtres: [] }), '`filtres` is no option; did you mean `filters`?'],
  [
    'a check that was not called',
    configured({ checks: [schema, answer()] }),
    'checks[0] is `schema`, which was not called; write `schema()`',
  ],
  [
    'an export that was not called',
    configured({ exports: [hf] }),
    'exports[0] is `hf`, which was not called; write `hf()`',
  ],
  [
    'a filter that was not called',
    configured({ filters: [duplicates] }),
    'filters[0] is `duplicates`, which was not called; write `duplicates()`',
  ],
  [
    'a tool that was not called',
    configured({ tools: [calculator] }),
    'tools[0] is `calculator`, which was not called; write `calculator()`',
  ],
  [
    'a sandbox that was not called',
    configured({ sandbox: bubblewrap }),
    'sandbox is `bubblewrap`, which was not called; write `bubblewrap()`',
  ],
  [
    'a guard that was not awaited',
    configured({ leaks: leakGuard() }),
    'leaks is a promise; write `await` before it',
  ],
  [
    'a filter among the checks',
    configured({ checks: [answer(), passed()] }),
    'checks[1] is a filter (passed); put it into `filters`',
  ],
  [
    'limits that are none',
    configured({ limits: true }),
    'limits is true; give { turns, concurrency, maxTokens, … }',
  ],
  ['no sandbox', configured({ sandbox: null }), 'sandbox is null; give a sandbox such as bubblewrap()'],
  ['a word for a check', configured({ checks: ['x'] }), 'checks[0] is "x"; give a check such as answer()'],
  [
    'an object for a filter',
    configured({ filters: [{}] }),
    'filters[0] is an empty object; give a filter such as passed()',
  ],
  [
    'a text for a prompt',
    configured({ prompts: { system: 'text' } }),
    "prompts.system is \"text\"; give a prompt such as prompt('mine', 'mine.md')",
  ],
  [
    'no time',
    () => bubblewrap({ limits: { cellMs: 0 } }),
    'bubblewrap: limits.cellMs is 0; give a whole number from 1',
  ],
  [
    'a guard',
    configured({ guard: { maxdrop: 0.1 } }),
    '`guard.maxdrop` is no option; did you mean `maxDrop`?',
  ],
  [
    'a guard in percent',
    configured({ guard: { maxDrop: 10 } }),
    'guard.maxDrop is 10; give a share from 0 to 1',
  ],
  ['no export to keep', configured({ keepExports: 0 }), 'keepExports is 0; give a whole number from 1'],
  [
    'a cold temperature',
    () => openai({ model: 'x', temperature: -1 }),
    'openai: temperature is -1; give a number from 0',
  ],
]

test.each(faults)('%s, misspelt or mistyped, is one line that says what to give', (_, make, line) => {
  expect(make).toThrow(new OptionsError(line))
})

test('a config that is right is taken', () => {
  expect(configured({})).not.toThrow()
})

const values = fc.oneof(
  fc.anything({ withMap: true, withSet: true, withNullPrototype: true, withBigInt: true, withDate: true }),
  fc.constantFrom(answer, schema, passed(), hf(), bubblewrap(), program(), calculator(), 'x'.repeat(5000)),
  fc.constantFrom(Symbol('x'), () => 1, new (class Odd {})(), Promise.resolve(1)),
)
const somewhere = fc.constantFrom(
  ...Object.keys(Config.properties),
  'filtres',
  'limits.turns',
  'limits.budgetUsd',
  'checks.0',
)

function placed(path: string, value: unknown): object {
  const [field = '', inner] = path.split('.')
  if (inner === undefined) return { ...good, [field]: value }
  return { ...good, [field]: inner === '0' ? [value] : { [inner]: value } }
}

test('whatever stands in a config, it is taken or refused in a short line, and nobody is asked', () => {
  fc.assert(
    fc.property(somewhere, values, (path, value) => {
      try {
        loosely(settings, placed(path, value))
      } catch (error) {
        if (!(error instanceof OptionsError || error instanceof ConfigError)) throw error
        expect(error.message).toMatch(/^.{1,400}$/)
      }
    }),
    { numRuns: 1000 },
  )
})

const root = join(import.meta.dirname, '../..')

/** In the words of a config file, since a process of its own reads it. */
const written = [
  'limits: { budgetUSD: 1 }',
  'limits: { concurency: 2 }',
  'limits: { turns: 0 }',
  'limits: true',
  'limits: { budgetUsd: "20" }',
  'filtres: []',
  'sandbox: null',
  'sandbox: bubblewrap',
  'checks: [answer]',
  'checks: ["x"]',
  'checks: [passed()]',
  'filters: [{}]',
  'filters: [passed("anwser")]',
  'exports: [hf]',
  'tools: [async () => {}]',
  'teachers: [program({ error: 0 })]',
  'teachers: [program({ errors: { wrong: 1 } })]',
  'teachers: program()',
  'name: "x".repeat(5000) + "/"',
  'prompts: { system: "text" }',
]

test('through the command line, each is one line on stderr, status 2, and leaves nothing behind', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'node_modules'), { recursive: true })
  const imports = [
    `import { answer } from '${root}/checks/answer.ts'`,
    `import { passed } from '${root}/filters/passed.ts'`,
    `import { hf } from '${root}/output/targets/hf.ts'`,
    `import { bubblewrap } from '${root}/sandbox/bubblewrap.ts'`,
    `import { program } from '${root}/teachers/program.ts'`,
  ].join('\n')
  for (const [index, fields] of written.entries()) {
    const config = `${index}.config.mjs`
    const whole = `{ name: 'a', tasks: [], teachers: [program()], tools: [], sandbox: bubblewrap(), checks: [answer()], filters: [passed()], exports: [hf()], ${fields} }`
    await writeFile(join(folder.path, config), `${imports}\nexport default ${whole}\n`)
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(root, 'cli/main.ts'), 'run', config],
      {
        cwd: folder.path,
        encoding: 'utf8',
      },
    )
    expect([fields, status, stdout]).toEqual([fields, 2, ''])
    expect(stderr).toMatch(/^[^\n]{1,400}\n$/)
  }
  expect(readdirSync(folder.path).filter(name => !name.endsWith('.mjs'))).toEqual(['node_modules'])
})
