import { expect, test } from 'vitest'
import { wellFormed } from '../../../checks/rerun/well-formed.ts'
import type { RolloutOrigin } from '../../../schemas/trajectory.ts'
import { trajectory } from '../../fixtures.ts'

const rerun = { verdict: 'cannot_run', cause: 'image_missing', detail: 'turn 1: NameError' } as const
const counts = { ran: 0, of: 1, rebuilt: 0, pictures: 0 }

/** What is said of a row that lacks these; with `blind`, its code names a picture that is not there. */
async function saidOf(lacks: string[], blind = false) {
  const origin: RolloutOrigin = {
    ...{ format: 'share_gpt', file: 'a.jsonl', row: 1, sha256: '0'.repeat(64), profile: 'plain', lacks },
    ...(blind && { rerun: { ...rerun, ...counts } }),
  }
  const question = [{ type: 'text' as const, text: 'How wide is it?' }]
  const { reason } = await wellFormed().measure({ ...trajectory(), question, origin }, {} as never)
  return reason
}

test.each<[lacks: string[], blind: boolean, reason: string]>([
  [[], false, ''],
  [['raw_arguments', 'question_image', 'pairing'], false, ''],
  [['image_missing'], false, ''],
  [['remote_image'], true, ''],
  [['question_image'], true, 'question_image'],
  [['placeholders'], false, 'placeholders'],
  [['image_unmatched'], false, 'image_unmatched'],
  [['image_broken'], false, 'image_broken'],
  [['image_outside'], true, ''],
  [['results'], false, 'results'],
  [['call_ids'], false, 'call_ids'],
  [['unreadable_calls'], false, 'unreadable_calls'],
  [['role_order', 'raw_arguments'], false, 'role_order'],
])(
  'a row that lacks %j (its code names a picture that is not there: %j) is told as "%s"',
  async (lacks, blind, reason) => {
    expect(await saidOf(lacks, blind)).toBe(reason)
  },
)

test('of what was made here it says nothing', async () => {
  expect((await wellFormed().measure(trajectory(), {} as never)).passed).toBe(true)
})
