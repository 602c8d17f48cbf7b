import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Check, CheckContext } from '../../checks/check.ts'
import { type FactState, stateOf } from '../../schemas/measurement.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Observation, Trajectory } from '../../schemas/trajectory.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { python } from '../../tools/python.ts'
import { type TextProvider, textSearch } from '../../tools/text-search.ts'
import { openCheckBench } from '../check-context.ts'
import { answerTurn } from '../fixtures.ts'
import { modelBench } from './judging.ts'

const corpus: TextProvider = {
  name: 'facts',
  options: {},
  search: async query => [{ id: 'a', title: query, snippet: 'It is wide.', licence: null, score: 1 }],
}
const desk = await openCheckBench([python(), textSearch({ corpus })])
/** Accepts by the first verdict that it is offered, and as a student is always wrong. */
const models = await modelBench(({ text, verdict }) => {
  const [, first] = /one of the words (\w+),/.exec(text) ?? []
  return first ? verdict(first) : 'It is so.\n<answer>9</answer>'
})
afterAll(async () => {
  await models[Symbol.asyncDispose]()
  await desk[Symbol.asyncDispose]()
})
const context: CheckContext = { ...desk.context, models: models.context.models }
const asked: Teacher = models.model('asked')

/** It looks a thing up, measures, and answers with what it measured. */
const whole = await desk.record([
  { id: 'call_1', name: 'text_search', arguments: '{"query":"width"}' },
  'print(image_1.width)',
])

for (const { sha256 } of imagesIn(whole.question))
  await models.store.putBlob(await desk.store.getBlob(sha256))

/** The same row as other files hold it: what was shown of these calls, and nothing for machines. */
function withoutRecord(...names: string[]): Trajectory {
  const bare = (seen: Observation, name = ''): Observation =>
    names.includes(name) ? { ...seen, data: null } : seen
  const turns = whole.turns.map(({ reply, observations }) => ({
    reply,
    observations: observations.map((seen, place) => bare(seen, reply.calls[place]?.name)),
  }))
  return { ...whole, turns }
}

const rows = {
  there: whole,
  'no code': withoutRecord('python'),
  'no search': withoutRecord('text_search'),
  'no call': { ...whole, turns: [answerTurn('8')] },
}

const [yes, no, open]: FactState[] = ['passed', 'failed', 'could_not_tell']
/** It reads what was said or shown alone. */
const words = [yes, yes, yes, yes]
const panel = { models: [asked] }
const trying = { student: asked, k: 1 }

/** What a check says of each of the rows, in their order, and what it is given where it needs something. */
const table: Record<string, [states: (FactState | undefined)[], options?: object]> = {
  achievesIntent: [words, panel],
  answer: [words],
  bypass: [[yes, open, open, yes]],
  codeErrors: [[yes, open, yes, yes]],
  consistency: [words],
  consistencyJudge: [words, panel],
  format: [words],
  grounded: [[yes, open, open, no]],
  imageNecessity: [words, trying],
  inventedObservation: [words],
  judge: [words, panel],
  language: [words],
  noOpCode: [[yes, open, yes, yes]],
  pii: [words],
  recrop: [[yes, open, yes, yes]],
  reexecutes: [[yes, open, open, yes]],
  refusal: [words],
  repeatedCall: [[yes, open, open, yes]],
  repeats: [[yes, open, open, yes]],
  safety: [words, panel],
  schema: [words],
  secrets: [words],
  signals: [words],
  textLeak: [words],
  thought: [words],
  toolNecessity: [words, trying],
  toolsUsed: [[yes, open, yes, no]],
  truncated: [words],
  wellFormed: [words],
}

const room = join(import.meta.dirname, '../../checks')
const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
/** Every check that there is: what makes it, and its file. */
const found = files.flatMap(file =>
  [...readFileSync(join(room, file), 'utf8').matchAll(/^export const (\w+) = factory\(Check,/gm)].map(
    ([, name = '']) => ({ name, file }),
  ),
)

test('every check has its line', () => {
  expect(Object.keys(table)).toEqual(found.map(({ name }) => name).sort())
})

test.each(found)('$name never passes a row by a record that is not there', async ({ name, file }) => {
  const [expected, options] = table[name] ?? []
  const made: Record<string, (options?: object) => Check> = await import(join(room, file))
  const check = made[name]?.(options)
  const facts = await Promise.all(Object.values(rows).map(row => check?.measure(row, context)))
  expect(facts.map(fact => fact && stateOf(fact))).toEqual(expected)
  if (expected?.includes(open) && facts[3]?.passed) expect(facts[3].detail).toBe('none')
  const causes = facts.filter(fact => fact?.couldNotTell)
  expect(causes).toEqual(causes.map(() => expect.objectContaining({ passed: false, reason: 'no_record' })))
})
