import { expect, test } from 'vitest'
import { decisionIn, type KeptDecision, type KeptScreening, screeningIn } from '../../pipeline/older-drops.ts'
import type { Drop } from '../../schemas/drop.ts'
import type { Fact } from '../../schemas/trajectory.ts'
import { trajectory } from '../fixtures.ts'

const failing = (check: string, reason: string): Fact => ({
  check,
  version: 1,
  passed: false,
  reason,
  detail: '',
})
const facts = [{ ...failing('a', ''), passed: true }, failing('answer', 'wrong'), failing('a_b', 'c')]

const older = (stage: string, reason: string): KeptDecision => ({ keep: false, stage, reason, detail: 'so' })

test.each<[string, string, Partial<Drop>]>([
  ['passed', 'answer_wrong', { by: 'answer', reason: 'wrong', undecided: false }],
  ['passed', 'a_b_c', { by: 'a_b', reason: 'c', undecided: false }],
  ['passed', 'unchecked', { by: 'passed', reason: 'unchecked', undecided: true }],
  ['used_kinds', 'unchecked', { by: 'used_kinds', reason: 'unchecked', undecided: true }],
  ['synthesize', 'failed_teacher', { by: 'synthesize', reason: 'failed_teacher', undecided: true }],
  ['synthesize', 'unsolved_turns', { by: 'synthesize', reason: 'unsolved_turns', undecided: false }],
  ['mine', 'failed_style', { by: 'mine', reason: 'failed_style', undecided: false }],
  ['duplicates', 'same_image', { by: 'duplicates', reason: 'same_image', undecided: false }],
])(
  'a decision of an older run, %s/%s, gets what it lacks from the facts beside it',
  (stage, reason, whole) => {
    expect(decisionIn(older(stage, reason), facts)).toEqual({ keep: false, stage, detail: 'so', ...whole })
  },
)

test('drops that were passed over are brought into the new form, too, and what is in it stays', () => {
  const rescued = [
    { stage: 'passed', reason: 'answer_wrong' },
    { stage: 'mine', reason: 'failed_style' },
  ]
  const whole = decisionIn({ keep: true, rescued }, facts)
  expect(whole).toEqual({
    keep: true,
    rescued: [
      { stage: 'passed', by: 'answer', reason: 'wrong' },
      { stage: 'mine', by: 'mine', reason: 'failed_style' },
    ],
  })
  expect(decisionIn(whole, [])).toEqual(whole)
  const drop: KeptDecision = { keep: false, stage: 's', by: 'b', reason: 'r', detail: '', undecided: true }
  expect(decisionIn(drop, facts)).toEqual(drop)
})

test.each<[string, string[], Partial<KeptScreening>, object]>([
  ['the last that counted decided', ['hard', 'hard_words'], {}, { by: 'hard_words', reason: 'rude' }],
  ['one whose name begins as another’s', ['hard'], {}, { by: 'hard', reason: 'words_rude' }],
  ['none decided', ['hard'], { route: 'sft', reason: '' }, { by: '', reason: '' }],
  ['a new one stays', ['hard'], { by: 'new', reason: 'hard_case' }, { by: 'new', reason: 'hard_case' }],
])('a screening of an older run gets who decided: %s', (_, screens, changes, whole) => {
  const { task } = trajectory()
  const data = Object.fromEntries(screens.map(name => [name, {}]))
  const kept: KeptScreening = {
    task,
    route: 'drop',
    reason: 'hard_words_rude',
    detail: 'x',
    data,
    ...changes,
  }
  expect(screeningIn(kept)).toEqual({ ...kept, ...whole })
})
