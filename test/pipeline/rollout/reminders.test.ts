import Type from 'typebox'
import { afterAll, expect, test } from 'vitest'
import { schema } from '../../../checks/schema.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { rolloutKeys } from '../../../pipeline/plan.ts'
import { asTold } from '../../../pipeline/reminders.ts'
import { prompt } from '../../../prompts/prompt.ts'
import type { Outcome, Reply, Trajectory, Turn } from '../../../schemas/trajectory.ts'
import { toChat } from '../../../teachers/chat-wire.ts'
import { habitsOf } from '../../../teachers/habits.ts'
import { toMessages } from '../../../teachers/messages-wire.ts'
import { openai } from '../../../teachers/openai.ts'
import { toResponses } from '../../../teachers/responses-wire.ts'
import { toText } from '../../../teachers/tagged.ts'
import { TeacherError, type TeacherRequest } from '../../../teachers/teacher.ts'
import { python } from '../../../tools/python.ts'
import { defineTool } from '../../../tools/tool.ts'
import { noContext } from '../../check-context.ts'
import { question } from '../../conformance/teacher.ts'
import { kinds, openTurn, silentTurn } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { batchServer } from '../../teachers/batch-server.ts'
import { call, completion } from '../../teachers/wire-server.ts'
import { hastyClock } from '../../virtual-clock.ts'
import { type Asked, calls, runs, says, scripted, seenBy, tasks, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const limits = { turns: 6, reminders: 1 }
const silently = (made: Partial<Reply>, text = ''): Partial<Reply> => ({ ...made, text })
const untagged: Partial<Reply> = { text: 'It is 16 pixels wide.' }

/** Calls in silence, is reminded and gives a rationale, ends without a tag, is reminded and answers. */
const forgetful = [silently(runs('x = 1')), runs('x = image_1.width; x'), untagged, says('8')]
const playing =
  (script: readonly Partial<Reply>[]) =>
  ({ turns }: Asked) =>
    script[turns.length] ?? says('8')

async function solved(script: readonly Partial<Reply>[], given: object = limits) {
  const teacher = scripted(playing(script))
  const made: Trajectory[] = []
  await withRun({ sandbox, teachers: [teacher], limits: given }, async run => {
    await run.run()
    made.push(...(await run.trajectories()))
  })
  const [trajectory] = made
  if (!trajectory) throw new Error('nothing came of it')
  return { trajectory, asked: teacher.asked }
}

const remindedOf = ({ turns }: Pick<Trajectory, 'turns'>) => turns.map(({ reminder }) => reminder?.kind ?? '')

test('a call without a rationale is not made and asked for again, as is an answer without tags', async () => {
  const { trajectory, asked } = await solved(forgetful)
  const [silent, called, open] = trajectory.turns as [Turn, Turn, Turn]
  expect(trajectory.outcome).toEqual({ kind: 'answered', answer: '8' })
  expect(remindedOf(trajectory)).toEqual(['rationale', '', 'answer', ''])
  expect(silent.observations).toMatchObject([
    { callId: 'call_0', mistake: { kind: 'no_rationale' }, data: null },
  ])
  expect(called.observations).toMatchObject([{ mistake: null, data: { code: 'x = image_1.width; x' } }])
  expect(open.observations).toEqual([])
  expect(seenBy(asked[1] as Asked)).toBe(silent.reminder?.text)
  expect(seenBy(asked[3] as Asked)).toBe(open.reminder?.text)
  expect(seenBy(asked[3] as Asked)).toContain('answer tags')
  expect(trajectory.prompts).toMatchObject({
    'reminder-rationale': prompt('reminder-rationale').sha256,
    'reminder-answer': prompt('reminder-answer').sha256,
  })
  expect(await schema().measure(trajectory, noContext)).toMatchObject({ passed: true })
})

const cases: [title: string, script: Partial<Reply>[], given: object, reminded: string[]][] = [
  ['nobody, where it is not asked for', forgetful, { turns: 6 }, ['', '', '']],
  ['nobody, where it is set to 0', forgetful, { turns: 6, reminders: 0 }, ['', '', '']],
  [
    'each kind once',
    [silently(runs('1')), silently(runs('2')), untagged, untagged],
    limits,
    ['rationale', '', 'answer', ''],
  ],
  [
    'each kind as often as is set',
    [silently(runs('1')), silently(runs('2')), runs('3')],
    { ...limits, reminders: 2 },
    ['rationale', 'rationale', '', ''],
  ],
  ['nobody whose last turn it was', [runs('1'), untagged], { turns: 2, reminders: 1 }, ['', '']],
  ['who says too little', [silently(runs('1'), 'I look closer.')], limits, ['rationale', '']],
  [
    'who writes code in place of a rationale',
    [silently(runs('1'), '```python\nI look at it closely\n```')],
    limits,
    ['rationale', ''],
  ],
  ['nobody who says enough', [silently(runs('1'), 'I look at it.')], limits, ['', '']],
  [
    'who only thinks',
    [{ ...silently(runs('1')), reasoning: 'I look at it closely.' }],
    limits,
    ['rationale', ''],
  ],
  ['of several calls at once', [silently(runs('1', '2'))], limits, ['rationale', '']],
  ['nobody whose call no tool takes', [silently(calls(['eval', '{}']))], limits, ['', '']],
  ['nobody whose arguments are no JSON', [silently(calls(['python', '{"code"']))], limits, ['', '']],
  ['who leaves the tags empty', [{ text: 'So: <answer> </answer>' }], limits, ['answer', '']],
  ['who does not close them', [{ text: 'So: <answer>8' }], limits, ['answer', '']],
  ['nobody who says nothing', [{ text: ' ' }], limits, ['']],
  ['nobody whose reply was cut', [{ ...untagged, stop: 'length' }], limits, ['']],
]

test.each(cases)('it reminds %s', async (_, script, given, reminded) => {
  const { trajectory } = await solved(script, given)
  expect(remindedOf(trajectory)).toEqual(reminded)
})

test('of several calls none is made, and each is told so', async () => {
  const { trajectory, asked } = await solved([silently(runs('x = 1', 'x = 2')), runs('x')])
  const [silent, called] = trajectory.turns
  expect(silent?.observations.map(({ callId, mistake }) => [callId, mistake?.kind])).toEqual([
    ['call_0', 'no_rationale'],
    ['call_1', 'no_rationale'],
  ])
  expect(called?.observations).toMatchObject([{ mistake: { kind: 'code_error' } }])
  expect(asked[1]?.turns[0]?.observations).toHaveLength(2)
})

test.each<[title: string, script: Partial<Reply>[], Outcome]>([
  ['ends without tags again', [untagged, untagged], { kind: 'stopped', by: 'no_answer' }],
  [
    'calls until its turns are used up',
    [silently(runs('1')), ...Array(5).fill(runs('1'))],
    { kind: 'stopped', by: 'turns' },
  ],
])('who %s comes to that end', async (_, script, outcome) => {
  expect((await solved(script)).trajectory.outcome).toEqual(outcome)
})

const breaking = (script: readonly Partial<Reply>[], at: number) => {
  let broken = false
  return scripted(request => {
    if (request.turns.length === at && !broken) {
      broken = true
      throw new TeacherError('the wire broke', { fatal: true })
    }
    return playing(script)(request)
  })
}

const scripts: Record<string, Partial<Reply>[]> = {
  'a call': forgetful,
  'an answer': [untagged, runs('x = 16'), runs('x + 1'), says('8')],
}

test.each(Object.keys(scripts).flatMap(first => [1, 2, 3].map((at): [string, number] => [first, at])))(
  'a run that first was reminded of %s and broke after reply %i goes on, and asks nothing again',
  async (first, at) => {
    const script = scripts[first] ?? []
    const whole = await solved(script)
    const teacher = breaking(script, at)
    await withRun({ sandbox, teachers: [teacher], limits }, async run => {
      await expect(run.run()).rejects.toThrow('the wire broke')
      await run.run()
      expect((await run.trajectories()).map(({ turns }) => turns)).toEqual([whole.trajectory.turns])
    })
    expect(teacher.asked.map(({ turns }) => turns.length)).toEqual(
      [0, 1, 2, 3].flatMap(turn => (turn === at ? [turn, turn] : [turn])),
    )
  },
)

test('a run that goes on makes no call again, and none that was not made', async () => {
  let counted = 0
  const counter = defineTool({
    name: 'counter',
    description: 'Counts.',
    args: Type.Object({}),
    options: {},
    stateful: false,
    async run() {
      counted++
      return { mistake: null, parts: [{ type: 'text', text: `${counted}` }], data: null }
    },
  })
  const teacher = breaking([silently(runs('1')), calls(['counter', '{}']), says('8')], 2)
  await withRun({ sandbox, teachers: [teacher], tools: [python(), counter], limits }, async run => {
    await expect(run.run()).rejects.toThrow('the wire broke')
    await run.run()
  })
  expect(counted).toBe(1)
})

test.each<[title: string, last: () => Partial<Reply>]>([
  ['answered', () => says('8')],
  [
    'failed after it',
    () => {
      throw new TeacherError('overloaded', { fatal: false })
    },
  ],
])('a rollout that was reminded and %s is replayed to the same bytes', async (_, last) => {
  const script = (request: Asked) => forgetful.slice(0, 3)[request.turns.length] ?? last()
  await withRun({ sandbox, teachers: [scripted(script)], limits, exports: [rejected()] }, async run => {
    await run.run()
    const nobody = { teachers: [scripted(() => says('never asked'))] }
    const result = await run.open(nobody, { asks: 'nobody' }).then(replayRun)
    expect(result).toMatchObject({ rollouts: 1, different: [], missing: [], extra: [] })
  })
})

test('reminders are a part of what is asked where they are given, and of nothing where not', () =>
  withRun({ sandbox, teachers: [scripted(playing(forgetful))], limits: { turns: 6 } }, async run => {
    await run.run()
    const [made] = await run.trajectories()
    if (!made) throw new Error('nothing came of it')
    const keyWith = async (reminders?: number) => {
      const opened = await run.open({ limits: { turns: 6, ...(reminders !== undefined && { reminders }) } })
      const [teacher = scripted(() => ({}))] = opened.config.teachers
      return rolloutKeys(opened)(made.task, teacher, 0)
    }
    expect([await keyWith(), await keyWith(0)]).toEqual([made.key, made.key])
    const keys = [made.key, await keyWith(1), await keyWith(2)]
    expect(new Set(keys).size).toBe(3)
  }))

test('a model that checks or screens try is measured without being reminded', () => {
  const student = scripted(() => untagged, { name: 'student' })
  return withRun({ sandbox, teachers: [scripted(() => says('8'))], limits }, async run => {
    await run.run()
    const [made] = await run.trajectories()
    const opened = await run.open()
    const models = opened.models([{ models: [student] }])
    const how = { tools: true, images: true, sample: 0 }
    const tried = made && (await models.attempt(student, made.task, how, opened.signal))
    expect(tried).toMatchObject({ kind: 'stopped', by: 'no_answer' })
    expect(student.asked).toHaveLength(1)
  })
})

const asked = (): TeacherRequest => ({ ...question({ kinds }), turns: asTold([silentTurn(), openTurn()]) })
const shape = { model: 'm', limits: { side: 2000, bytes: 1e6 }, habits: habitsOf({}) }
const [first, second] = ['Say first what it is for.', 'Put it between answer tags.']

/** What is said of the two turns on each wire: the call is answered, and the other reminder is said as a user. */
const wires: [name: string, said: () => Promise<unknown>, expected: object[]][] = [
  [
    'Chat Completions',
    async () => (await toChat(asked(), shape)).messages.slice(2),
    [
      { role: 'assistant', tool_calls: [{ id: 'call_1' }] },
      { role: 'tool', tool_call_id: 'call_1', content: first },
      { role: 'assistant' },
      { role: 'user', content: [{ text: second }] },
    ],
  ],
  [
    'Responses',
    async () => [(await toResponses(asked(), shape)).input ?? []].flat().slice(1),
    [
      { type: 'function_call', call_id: 'call_1' },
      { type: 'function_call_output', call_id: 'call_1', output: first },
      { role: 'assistant' },
      { role: 'user', content: [{ text: second }] },
    ],
  ],
  [
    'Messages',
    async () => (await toMessages(asked(), { ...shape, cache: false })).messages.slice(1),
    [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1' }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: [{ text: first }] }] },
      { role: 'assistant' },
      { role: 'user', content: [{ text: second }] },
    ],
  ],
  [
    'tagged text',
    async () => toText(asked(), 100).turns.flatMap(({ observations }) => observations),
    [first, second].map(text => ({ parts: [{ text: `<tool_response>\n${text}\n</tool_response>` }] })),
  ],
]

test.each(wires)('a teacher is told of it on the wire of %s', async (_, said, expected) => {
  expect(await said()).toMatchObject(expected)
})

test('a teacher that is asked in batches is reminded, too', async () => {
  const script = [
    { tool_calls: [call('a', '1')] },
    { content: 'I look at it now.', tool_calls: [call('b', '1')] },
  ]
  await using server = await batchServer({
    answer: ({ messages }) => {
      const turn = messages.filter(({ role }) => role === 'assistant').length
      const said = script[turn] ?? { content: turn === 2 ? 'It is 8.' : '<answer>8</answer>' }
      return { status: 200, body: completion(said, 'tool_calls' in said ? 'tool_calls' : 'stop') }
    },
  })
  const batch = { pollSeconds: 0.001 }
  const teacher = openai({ model: 'm', baseURL: server.url, apiKey: 'none', batch })
  await withRun(
    { sandbox, teachers: [teacher], tasks: tasks(2), limits },
    async run => {
      await run.run()
      expect((await run.trajectories()).map(remindedOf)).toEqual(
        Array(2).fill(['rationale', '', 'answer', '']),
      )
      expect(Math.max(...server.asked.values())).toBe(1)
    },
    { clock: hastyClock() },
  )
})
