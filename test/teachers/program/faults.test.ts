import { expect, test } from 'vitest'
import {
  defaultRates,
  drawFault,
  type Fault,
  faults,
  plantedFault,
  ratesOf,
} from '../../../teachers/program/faults.ts'
import { ask, observed, saidIn, talk } from './talk.ts'

/** The first reply to a question, and the reply after Python said 8, both with one fault always planted. */
async function always(fault: Fault) {
  await using program = await talk({ [fault]: 1 })
  const question = await ask()
  const first = await program.say(question)
  const honest = { role: 'assistant' as const, content: 'I look.', tool_calls: [calling('call_0')] }
  const result = { role: 'tool' as const, tool_call_id: 'call_0', content: 'result:\n8' }
  const answer = await program.say([...question, honest, result])
  return { first: saidIn(first), answer: saidIn(answer) }
}

const calling = (id: string) => ({
  id,
  type: 'function' as const,
  function: { name: 'python', arguments: '{"code":"image_1.width"}' },
})

test('a wrong answer is another number, in the text and in the tags', async () => {
  const { first, answer } = await always('wrong_answer')
  expect(plantedFault(first.raw)).toBeNull()
  expect(plantedFault(answer.raw)).toBe('wrong_answer')
  const number = /<answer>(\d+)<\/answer>/.exec(answer.text ?? '')?.[1]
  expect(number).not.toBe('8')
  expect(answer.text).toContain(`Python says it is ${number} pixels`)
})

test('a Python exception is code that raises before the honest code', async () => {
  const { first } = await always('python_exception')
  expect(plantedFault(first.raw)).toBe('python_exception')
  expect(JSON.parse(first.call?.arguments ?? '').code).toMatch(/.+\nimage_1\.width$/s)
})

test('malformed arguments are not JSON', async () => {
  const { first } = await always('malformed_arguments')
  expect(plantedFault(first.raw)).toBe('malformed_arguments')
  expect(first.finish).toBe('tool_calls')
  expect(() => JSON.parse(first.call?.arguments ?? '{}')).toThrow(SyntaxError)
})

test('an unknown tool is one that was not offered', async () => {
  const { first } = await always('unknown_tool')
  expect(plantedFault(first.raw)).toBe('unknown_tool')
  expect(first.call?.name).toBe('code_interpreter')
})

test('comment-only code takes the place of the answer once', async () => {
  const { answer } = await always('comment_only_code')
  expect(plantedFault(answer.raw)).toBe('comment_only_code')
  expect(JSON.parse(answer.call?.arguments ?? '').code).toMatch(/^(#.*\n?)+$/)
})

test('a truncated reply has part of the text, no call and no answer', async () => {
  const { first, answer } = await always('truncated')
  for (const said of [first, answer]) {
    expect(said).toMatchObject({ call: null, finish: 'length', raw: { kindling: { planted: 'truncated' } } })
    expect(said.text).toMatch(/\w/)
    expect(said.text).not.toContain('<answer>')
  }
})

test('an empty reply has nothing at all', async () => {
  const { first } = await always('empty')
  expect(first).toMatchObject({
    text: '',
    call: null,
    finish: 'stop',
    raw: { kindling: { planted: 'empty' } },
  })
})

test('a missing rationale is a call without text', async () => {
  const { first, answer } = await always('missing_rationale')
  expect(first).toMatchObject({ text: '', call: { arguments: '{"code":"image_1.width"}' } })
  expect(plantedFault(first.raw)).toBe('missing_rationale')
  expect(plantedFault(answer.raw)).toBeNull()
})

test('endless turns never answer, whatever comes back, and are planted once', async () => {
  await using program = await talk({ endless_turns: 1 })
  const planted = []
  let messages = await ask()
  for (let turn = 0; turn < 12; turn += 1) {
    const reply = await program.say(messages)
    expect(saidIn(reply)).toMatchObject({ finish: 'tool_calls', call: { name: 'python' } })
    planted.push(plantedFault(saidIn(reply).raw))
    messages = observed(messages, reply, 'result:\n8')
  }
  expect(planted).toEqual(['endless_turns', ...Array(11).fill(null)])
})

test('endless turns go on from the turn in which they began', async () => {
  await using program = await talk({ endless_turns: 0.3 })
  let begunLater = 0
  for (let seed = 0; seed < 20; seed += 1) {
    let messages = await ask()
    let begun = false
    for (let turn = 0; turn < 5; turn += 1) {
      const reply = await program.say(messages, seed)
      const crops = saidIn(reply).call?.arguments.includes('crop') ?? false
      const now = plantedFault(saidIn(reply).raw) === 'endless_turns'
      expect(crops).toBe(begun || now)
      if (now && turn > 0) begunLater += 1
      begun ||= now
      messages = observed(messages, reply, 'stdout:\nnothing')
    }
  }
  expect(begunLater).toBeGreaterThan(0)
})

test.each(['python_exception', 'malformed_arguments', 'unknown_tool', 'comment_only_code'] as const)(
  'after %s the program recovers and answers',
  async fault => {
    await using program = await talk({ [fault]: 0.5 })
    let recovered = 0
    for (let seed = 0; seed < 20; seed += 1) {
      const planted = await converse(program, seed)
      if (planted.includes(fault) && planted.at(-1) === null) recovered += 1
    }
    expect(recovered).toBeGreaterThan(5)
  },
)

/** Talk until it answers; honest calls get the width, spoilt ones an error. The planted fault of each turn. */
async function converse(program: Awaited<ReturnType<typeof talk>>, seed: number): Promise<(Fault | null)[]> {
  const planted: (Fault | null)[] = []
  let messages = await ask()
  for (;;) {
    const reply = await program.say(messages, seed)
    const said = saidIn(reply)
    planted.push(plantedFault(said.raw))
    if (said.finish === 'stop') {
      expect(said.text).toContain('<answer>8</answer>')
      return planted
    }
    const spoilt = planted.at(-1) !== null
    messages = observed(messages, reply, spoilt ? 'error:\nThat went wrong.' : 'result:\n8')
  }
}

test('a recovered call says what was wrong with the one before', async () => {
  await using program = await talk({ unknown_tool: 0.5 })
  const question = await ask()
  for (let seed = 0; seed < 30; seed += 1) {
    const first = await program.say(question, seed)
    const second = await program.say(observed(question, first, 'There is no such tool.'), seed)
    if (plantedFault(saidIn(first).raw) && !plantedFault(saidIn(second).raw)) {
      expect(saidIn(second).text).toBe(
        'There is no tool of that name, so I use the one that was given to me. I ask Python how wide the image is.',
      )
      return
    }
  }
  expect.unreachable('no seed plants a fault first and none after')
})

test('faults of another sample and of another task are independent', () => {
  const drawn = (task: string, sample: number) =>
    Array.from({ length: 200 }, (_, turn) => drawFault(ratesOf(0.5), task, sample, turn))
  const same = (one: unknown[], other: unknown[]) => one.filter((fault, turn) => fault === other[turn]).length
  expect(drawn('a', 0)).toEqual(drawn('a', 0))
  expect(same(drawn('a', 0), drawn('a', 1))).toBeLessThan(120)
  expect(same(drawn('a', 0), drawn('b', 0))).toBeLessThan(120)
})

test('at the default rates 280 rollouts see every fault, and most see none that ends them', () => {
  const fatal = new Set<Fault>(['truncated', 'empty', 'endless_turns', 'missing_rationale'])
  const rollouts = Array.from({ length: 280 }, (_, task) => {
    const calls = [0, 1, 2].map(turn => drawFault(defaultRates, `task ${task}`, 0, turn))
    const last = drawFault(defaultRates, `task ${task}`, 0, 3)
    return { all: [...calls, last], fatal: calls.some(fault => fault && fatal.has(fault)) || last !== null }
  })
  for (const fault of faults) {
    expect(rollouts.filter(({ all }) => all.includes(fault)).length, fault).toBeGreaterThanOrEqual(3)
  }
  expect(rollouts.filter(rollout => !rollout.fatal).length / 280).toBeGreaterThan(0.6)
})

test('rates are a sum in the default proportions, or named one by one', () => {
  const half = ratesOf(0.5)
  expect(faults.reduce((sum, fault) => sum + half[fault], 0)).toBeCloseTo(0.5)
  expect(half.wrong_answer / half.empty).toBeCloseTo(defaultRates.wrong_answer / defaultRates.empty)
  expect(ratesOf({ empty: 0.2 })).toMatchObject({ empty: 0.2, wrong_answer: 0 })
  expect(() => ratesOf(1.5)).toThrow(/between 0 and 1/)
  expect(() => ratesOf({ empty: -0.1, truncated: 0.2 })).toThrow(/empty/)
})

test('a message of another provider has no planted fault', () => {
  expect(plantedFault(null)).toBeNull()
  expect(plantedFault({ role: 'assistant', content: 'x' })).toBeNull()
  expect(plantedFault({ kindling: { planted: 'something else' } })).toBeNull()
})
