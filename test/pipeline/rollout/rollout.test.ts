import Type from 'typebox'
import { afterAll, expect, test } from 'vitest'
import type { Outcome, Reply } from '../../../schemas/trajectory.ts'
import { Trajectory } from '../../../schemas/trajectory.ts'
import { validator } from '../../../schemas/validate.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { python } from '../../../tools/python.ts'
import { defineTool, type Tool } from '../../../tools/tool.ts'
import { smallJail } from '../../small-jail.ts'
import { type Asked, calls, runs, says, scripted, seenBy, widths, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** The one trajectory that comes of a script. */
async function solve(script: (request: Asked) => Partial<Reply>, turns = 4) {
  const teacher = scripted(script)
  const solved: Trajectory[] = []
  await withRun({ sandbox, teachers: [teacher], limits: { turns } }, async run => {
    await run.run()
    solved.push(...(await run.trajectories()))
  })
  const [trajectory] = solved
  if (!trajectory) throw new Error('nothing came of it')
  return { trajectory, asked: teacher.asked }
}

const endings: [title: string, reply: Partial<Reply>, outcome: Outcome][] = [
  ['an answer', says('8'), { kind: 'answered', answer: '8' }],
  ['the last of several answers', says('7</answer> no: <answer>\n 8 \n'), { kind: 'answered', answer: '8' }],
  ['an answer over lines', says('8\nor so'), { kind: 'answered', answer: '8\nor so' }],
  ['an empty answer', says('  '), { kind: 'stopped', by: 'no_answer' }],
  ['no answer', { text: 'I cannot tell.' }, { kind: 'stopped', by: 'no_answer' }],
  ['an answer that is not closed', { text: '<answer>8' }, { kind: 'stopped', by: 'no_answer' }],
  ['nothing', { text: ' \n' }, { kind: 'stopped', by: 'empty' }],
  ['a cut reply', { ...says('8'), stop: 'length' }, { kind: 'stopped', by: 'length' }],
  ['a filtered reply', { text: '', stop: 'content_filter' }, { kind: 'stopped', by: 'content_filter' }],
  ['a refusal', { text: '', stop: 'refusal' }, { kind: 'stopped', by: 'refusal' }],
  ['calls without end', runs('1'), { kind: 'stopped', by: 'turns' }],
]

test.each(endings)('%s ends it as it should', async (_, reply, outcome) => {
  const { trajectory, asked } = await solve(() => reply, 2)
  expect(trajectory.outcome).toEqual(outcome)
  expect(asked).toHaveLength(reply.stop === 'calls' ? 2 : 1)
  expect(validator(Trajectory)(trajectory)).toMatchObject({ ok: true })
})

test('an answer in the last turn that is allowed counts', async () => {
  const { trajectory } = await solve(({ turns }) => (turns.length === 0 ? runs('1') : says('8')), 2)
  expect(trajectory.outcome).toEqual({ kind: 'answered', answer: '8' })
})

test('calls of a reply that was cut are not made', async () => {
  const { trajectory } = await solve(() => ({ ...runs('1'), stop: 'length' }))
  expect(trajectory.turns.map(({ observations }) => observations)).toEqual([[]])
})

const mistakes: [title: string, call: [string, string], kind: string, says: RegExp][] = [
  ['an unknown tool', ['calculator', '{}'], 'unknown_tool', /no tool named calculator.*python/],
  ['broken JSON', ['python', '{"code": '], 'bad_arguments', /not valid JSON/],
  ['arguments that are no object', ['python', '"1"'], 'bad_arguments', /arguments are wrong: must be object/],
  ['a missing argument', ['python', '{}'], 'bad_arguments', /wrong: must have required property .code/],
  ['an argument too many', ['python', '{"code":"1","x":1}'], 'bad_arguments', /additional properties \(x\)/],
  ['a wrong type', ['python', '{"code":1}'], 'bad_arguments', /code must be string/],
  ['an exception', ['python', '{"code":"1/0"}'], 'code_error', /ZeroDivisionError/],
]

test.each(mistakes)('%s is shown to the teacher, who goes on', async (_, call, kind, said) => {
  const { trajectory, asked } = await solve(({ turns }) => (turns.length === 0 ? calls(call) : says('8')))
  expect(trajectory.turns[0]?.observations).toMatchObject([{ callId: 'call_0', mistake: { kind } }])
  expect(seenBy(asked[1] as Asked)).toMatch(said)
  expect(trajectory.outcome.kind).toBe('answered')
})

test('calls of one reply are made in order, in one session, and each has its observation', async () => {
  const show = 'display(image_1)'
  const { trajectory, asked } = await solve(({ turns }) =>
    turns.length === 0
      ? calls(
          ['python', JSON.stringify({ code: `x = 20; ${show}` })],
          ['nothing', '{}'],
          ['python', JSON.stringify({ code: `${show}; x + 1` })],
        )
      : says('21'),
  )
  const [turn] = trajectory.turns
  expect(turn?.observations.map(({ callId }) => callId)).toEqual(['call_0', 'call_1', 'call_2'])
  expect(turn?.observations.map(({ mistake }) => mistake?.kind ?? null)).toEqual([null, 'unknown_tool', null])
  expect(seenBy(asked[1] as Asked)).toMatch(/image_2 .*image_3 /s)
  expect(turn?.observations[2]?.data).toMatchObject({ kind: 'cell', result: '21' })
})

test('the question shows every image, then the words and the lettered options', async () => {
  const teacher = scripted(() => says('red'))
  const task = widths({
    question: 'Which colour?',
    choices: ['blue', 'red'],
    answer: 'red',
    answerType: 'choice',
  })
  await withRun({ sandbox, teachers: [teacher], tasks: task, tools: [] }, async run => {
    await run.run()
    const [trajectory] = await run.trajectories()
    expect(trajectory?.question).toEqual([
      { type: 'image', image: trajectory?.task.images[0] },
      { type: 'text', text: 'Which colour?\n\nOptions:\nA. blue\nB. red' },
    ])
    expect(trajectory?.system).not.toContain('About `python`')
    expect(teacher.asked[0]).toMatchObject({ system: trajectory?.system, question: trajectory?.question })
  })
})

test.each<[string, Tool[], string | null]>([
  ['python', [python()], '`python`'],
  ['another name', [{ ...python(), name: 'notebook' }], '`notebook`'],
  ['two names', [python(), { ...python(), name: 'notebook' }], '`python` and `notebook`'],
  ['a tool that is for something else', [{ ...python(), kind: 'other' }], null],
])('a teacher is told of tools for code by their names: %s', async (_, tools, names) => {
  const teacher = scripted(() => says('8'))
  await withRun({ sandbox, teachers: [teacher], tools }, async run => {
    await run.run()
    const { system = '' } = teacher.asked[0] ?? {}
    expect(/About (.*): your code runs/.exec(system)?.[1] ?? null).toBe(names)
  })
})

test('a provider that fails now and then costs the rollout, and the next run tries again', async () => {
  let broken = true
  const teacher = scripted(({ turns }) => {
    if (turns.length === 0) return runs('x = 8')
    if (broken) throw new TeacherError('overloaded', { fatal: false })
    return says('8')
  })
  await withRun({ sandbox, teachers: [teacher] }, async run => {
    await run.run()
    const [failed] = await run.trajectories()
    expect(failed?.outcome).toEqual({ kind: 'failed', at: 'teacher', message: 'overloaded' })
    expect(failed?.turns).toHaveLength(1)
    broken = false
    await run.run()
    expect((await run.trajectories()).map(({ outcome }) => outcome)).toEqual([
      { kind: 'answered', answer: '8' },
    ])
    expect(teacher.asked.map(({ turns }) => turns.length)).toEqual([0, 1, 1])
  })
})

test('a sandbox that breaks is not the teacher’s fault', async () => {
  const { SandboxError } = await import('../../../sandbox/sandbox.ts')
  const broken = { ...sandbox, open: () => Promise.reject(new SandboxError('no room for a jail')) }
  const teacher = scripted(() => runs('1'))
  await withRun({ sandbox: broken, teachers: [teacher] }, async run => {
    await run.run()
    const [trajectory] = await run.trajectories()
    expect(trajectory?.outcome).toEqual({ kind: 'failed', at: 'sandbox', message: 'no room for a jail' })
    expect(trajectory?.turns).toEqual([])
  })
})

test('what would fail every later call stops the run and keeps what is done', async () => {
  let asked = 0
  const teacher = scripted(() => {
    if (++asked === 3) throw new TeacherError('no money left', { fatal: true })
    return says('8')
  })
  const many = widths({}, {}, {}, {}, {}, {})
  await withRun({ sandbox, teachers: [teacher], tasks: many, limits: { concurrency: 1 } }, async run => {
    await expect(run.run()).rejects.toThrow(new TeacherError('no money left', { fatal: true }))
    expect(await run.trajectories()).toHaveLength(2)
    expect(teacher.asked).toHaveLength(3)
    await run.run()
    expect(await run.trajectories()).toHaveLength(6)
    expect(teacher.asked).toHaveLength(7)
  })
})

test('an interruption leaves no failed rollouts behind, whatever it broke', async () => {
  const stop = new AbortController()
  const teacher = scripted(() => {
    stop.abort()
    throw new TeacherError('the wire was closed', { fatal: false })
  })
  await withRun({ sandbox, teachers: [teacher], tasks: widths({}, {}) }, async run => {
    await expect(run.run({}, stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    expect(await run.trajectories()).toEqual([])
  })
})

test('a tool that is down is not the teacher’s fault, and the next run tries again', async () => {
  let down = true
  const service = defineTool({
    name: 'service',
    description: 'Asks a service.',
    args: Type.Object({}, { additionalProperties: false }),
    options: {},
    stateful: false,
    async run() {
      if (down) throw new Error('connection refused')
      return { parts: [{ type: 'text', text: 'It is 7.' }], data: null, mistake: null }
    },
  })
  const teacher = scripted(({ turns }) => (turns.length === 0 ? calls(['service', '{}']) : says('7')))
  await withRun({ sandbox, teachers: [teacher], tools: [service] }, async run => {
    const outcomes = async () => (await run.trajectories()).map(({ outcome }) => outcome)
    await run.run()
    expect(await outcomes()).toEqual([{ kind: 'failed', at: 'tool', message: 'service: connection refused' }])
    down = false
    await run.run()
    expect(await outcomes()).toEqual([{ kind: 'answered', answer: '7' }])
    expect(teacher.asked.length).toBe(2)
  })
})
