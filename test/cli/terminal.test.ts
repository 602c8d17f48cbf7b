import { join } from 'node:path'
import { expect, test } from 'vitest'
import { config, measuring, type Place, place } from './command.ts'

const terminal = join(import.meta.dirname, 'terminal.py')

interface Key {
  shown: string
  keys: string
}

/** Run a command at a real terminal, and press keys when something is shown. */
const atTerminal = (here: Place, args: string[], { shown, keys }: Key, shell = ':') =>
  here.kindling(args, `${shell}; set -- python3 '${terminal}' '${shown}' $'${keys}' "$@"`)

const answers: [what: string, keys: string, code: number, says: RegExp][] = [
  ['yes', 'y', 0, /Go on\?[\s\S]*warning: something else is asked now[\s\S]*1 rows kept/],
  ['no', 'n', 2, /this is done again: 1 rollout .*limits\.turns.*; accept it with --accept-changes/],
  ['nothing but Enter', '\\r', 2, /; accept it with --accept-changes/],
  ['Ctrl-C', '\\x03', 130, /interrupted\s*$/],
]

test.each(answers)(
  'a change that costs money is asked about at a terminal: %s',
  async (_, keys, code, says) => {
    await using here = await place()
    await here.tasks([{}])
    expect((await here.kindling(['run', config])).code).toBe(0)
    const changed = await atTerminal(here, ['run', config], { shown: 'Go on?', keys }, 'export TURNS=5')
    expect(changed.code, changed.out).toBe(code)
    expect(changed.out).toMatch(says)
  },
)

test('at a terminal one line says what is waited for, and Ctrl-C interrupts what runs', async () => {
  await using here = await place((arrived, number) => (number > 1 ? 'hang' : measuring(arrived, number)))
  await here.tasks([{}])
  const { code, out } = await atTerminal(here, ['run', config], { shown: 'under way', keys: '\\x03' })
  expect(code, out).toBe(130)
  expect(out.split('\r\u001b[K')).toContainEqual(
    expect.stringMatching(/^░{24} solving 0\/1, 1 call under way \(oldest \d+ s\)/),
  )
  expect(out).toMatch(/\ninterrupted\s*$/)
})
