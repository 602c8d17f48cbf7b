import { afterAll, expect, test } from 'vitest'
import { judge } from '../../../checks/judges/judge.ts'
import { silences } from '../../../pipeline/verify/silence.ts'
import { difficulty } from '../../../screens/difficulty.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, widths, withRun } from '../scripted.ts'

const vote = (model: string, verdict: string | null, cut?: true) => ({
  model,
  verdict,
  said: '',
  ...(cut && { cut }),
})
const tries = (unanswered: number) => ({ right: 0, of: 4, unanswered })

const table: [what: string, noted: [name: string, data: unknown][], said: RegExp[]][] = [
  ['a judge that speaks', [['judge', { votes: [vote('a', 'same'), vote('a', null)] }]], []],
  [
    'a judge that mostly gives no verdict',
    [
      ['judge', { votes: [vote('a', null), vote('b', 'same')] }],
      ['safety', { votes: [vote('a', null), vote('a', 'same')] }],
    ],
    [/^judge a gave no verdict 2 of 3 times: ask for verdicts by `asJson: true`/],
  ],
  [
    'a judge whose replies are cut',
    [['judge', { votes: [vote('a', null, true), vote('a', null, true)] }]],
    [/^judge a gave no verdict 2 of 2 times \(2 replies were cut\): raise `maxTokens`/],
  ],
  ['a student that answers', [['difficulty', { unaided: tries(1), aided: tries(3) }]], []],
  [
    'a student that mostly gives no answer',
    [
      ['difficulty', { unaided: tries(4), aided: tries(1) }],
      ['tool_necessity', { k: 2, tries: { of: 4, unanswered: 3 } }],
    ],
    [
      /^difficulty: 5 of 8 tries of the student had no final answer/,
      /^tool_necessity: 3 of 4 tries of the student had no final answer/,
    ],
  ],
  [
    'nothing that was counted',
    [
      ['answer', undefined],
      ['x', null],
      ['y', { of: 3 }],
    ],
    [],
  ],
]

test.each(table)('%s', (_, noted, said) => {
  const silent = silences()
  for (const [name, data] of noted) silent.note(name, data)
  const lines: string[] = []
  silent.tell(event => void (event.kind === 'warning' && lines.push(event.message)))
  expect(lines).toHaveLength(said.length)
  for (const [index, line] of said.entries()) expect(lines[index]).toMatch(line)
})

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

test('a run says it of the judges of its checks and of the students of its screens', async () => {
  const city = { answer: 'New York City', answerType: 'text' as const }
  const mute = scripted(() => ({ text: 'Let me think about that' }), { name: 'mute' })
  const config = {
    sandbox,
    tasks: widths(city, city),
    teachers: [scripted(() => says('the Big Apple'))],
    screens: [difficulty({ student: mute, k: 2 })],
    checks: [judge({ models: [{ ...mute, name: 'silent' }] })],
  }
  await withRun(config, async run => {
    await run.run()
    const said = run.progress.flatMap(event => (event.kind === 'warning' ? [event.message] : []))
    expect(said).toContainEqual(
      expect.stringMatching(/^difficulty: 8 of 8 tries of the student had no final/),
    )
    expect(said).toContainEqual(expect.stringMatching(/^judge silent gave no verdict 2 of 2 times/))
  })
})
