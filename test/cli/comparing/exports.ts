import { join } from 'node:path'
import { openSide } from '../../../cli/comparing/sides.ts'
import { compareSides } from '../../../cli/diff.ts'
import type { Export, ExportRow } from '../../../output/export.ts'
import { hf } from '../../../output/targets/hf.ts'
import { rejected } from '../../../output/targets/rejected.ts'
import { writeExports } from '../../../output/write.ts'
import type { Comparison } from '../../../pipeline/compare/comparison.ts'
import type { GateLimits } from '../../../pipeline/compare/gate.ts'
import { hashOf } from '../../../schemas/hash.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { Fact } from '../../../schemas/trajectory.ts'
import { answerTurn, droppedBy, image, pythonTurn, trajectory } from '../../fixtures.ts'
import { stream } from '../../output/rows.ts'

/** What a test says of a row. */
export interface Given {
  task: string
  teacher?: string
  sample?: number
  category?: string
  question?: string
  truth?: string
  /** What its picture is made of. */
  picture?: string
  /** `kept`, or a reason of the filter `passed`. */
  fate?: string
  /** Null where the rollout has none. */
  answer?: string | null
  thought?: string
  /** Another one where it was asked anew. */
  generation?: number
  version?: number
}

export function rowOf({ task, teacher = 'one', sample = 0, category = 'seen', ...given }: Given): ExportRow {
  const {
    fate = 'kept',
    answer = '8',
    thought = 'I look.',
    generation = 0,
    version = 1,
    question = 'How wide?',
    truth = '8',
    picture: drawn,
  } = given
  const base = trajectory()
  const picture = image(drawn)
  const isRight = fate === 'kept'
  const fact: Fact = { check: 'answer', version, passed: isRight, reason: isRight ? '' : fate, detail: '' }
  return {
    measured: {
      trajectory: {
        ...base,
        key: hashOf([task, teacher, sample, generation]),
        task: { ...base.task, id: task, category, question, answer: truth, images: [picture] },
        question: [
          { type: 'image', image: picture },
          { type: 'text', text: question },
        ],
        teacher: { name: teacher, options: {} },
        sample,
        turns: [pythonTurn({}, thought), ...(answer === null ? [] : [answerTurn(answer)])],
        outcome: answer === null ? { kind: 'stopped', by: 'turns' } : { kind: 'answered', answer },
      },
      facts: [fact],
    },
    verdict: isRight ? { keep: true } : droppedBy('passed', fate, { by: 'answer', detail: `it is ${fate}` }),
  }
}

/** Write an export of these rows. */
export async function writeExport(
  folder: string,
  given: readonly Given[],
  { exports = [hf(), rejected()], config = {} }: { exports?: Export[]; config?: JsonObject } = {},
): Promise<string> {
  const path = join(folder, hashOf(given).slice(0, 8) + exports.map(({ name }) => name).join('-'))
  await writeExports({
    folder: path,
    rows: stream(given.map(rowOf)),
    exports,
    about: { name: 'test-run', config, version: '0.0.0' },
    bytes: async ({ sha256 }) => new TextEncoder().encode(sha256),
    allowEmpty: true,
  })
  return path
}

export async function compared(before: string, after: string, limits: GateLimits = {}): Promise<Comparison> {
  await using old = await openSide(before)
  await using now = await openSide(after)
  // The sides are open until it is done.
  return await compareSides(old, now, limits)
}
