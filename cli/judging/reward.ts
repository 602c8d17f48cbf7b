import Type, { type Static } from 'typebox'
import { compareAnswer } from '../../answers/compare.ts'
import { answerSaid } from '../../answers/reading/answer-said.ts'
import { lastTurn } from '../../answers/reading/last-turn.ts'
import { measurementOf } from '../../checks/answer.ts'
import { InputError } from '../../schemas/input-error.ts'
import { isObject, type JsonObject, parseJson } from '../../schemas/json.ts'
import { textLines } from '../../schemas/lines.ts'
import { closed, filledText, readOptions } from '../../schemas/options.ts'
import { Task } from '../../schemas/task.ts'
import { guarded } from '../guarded.ts'

const { choices, tolerance } = Task.properties

/** What is judged by: the fields of an RL row beside what the student said. */
const Asked = closed({
  /** The text of a turn, or of a whole rollout: only the model's last turn counts. */
  solution: Type.String(),
  ground_truth: filledText,
  answer_type: Task.properties.answerType,
  question: Type.Optional(Type.String()),
  choices: Type.Optional(choices),
  tolerance: Type.Optional(tolerance),
})
type Asked = Static<typeof Asked>

interface Judged {
  score: 1 | 0
  /** `right`, or why it is not, as the checks `answer` and `format` say it. */
  reason: string
}

/** Judge answers as the check `answer` does: a JSON line each, answered by a JSON line each, in their order. */
export const reward = ({ stdin = false }: { stdin?: boolean }) =>
  guarded(async () => {
    if (!stdin)
      throw new InputError([
        'reward: give --stdin; it reads JSON lines such as {"id": 1, "solution": "…<answer>4</answer>", "ground_truth": "4", "answer_type": "number"}',
      ])
    let number = 0
    for await (const line of textLines(process.stdin)) {
      number++
      if (line.trim() !== '') console.log(JSON.stringify(answerTo(line, number)))
    }
  })

/** A line that cannot be judged, here by its number, gets no score, but is told what is wrong with it. */
export function answerTo(line: string, number: number): JsonObject {
  const given = parseJson(line)
  const id = isObject(given) ? { id: given.id ?? null } : {}
  try {
    return { ...id, ...judged(askedIn(given)) }
  } catch (error) {
    return { ...id, error: `line ${number}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Rows hold more than what is judged by. */
function askedIn(given: unknown): Asked {
  if (!isObject(given)) throw new InputError(['this is no JSON object'])
  const known = Object.entries(given).filter(([field]) => field in Asked.properties)
  return readOptions('', Asked, Object.fromEntries(known))
}

function judged({ solution, ground_truth, answer_type, ...rest }: Asked): Judged {
  const turn = lastTurn(solution)
  if (turn === null) return { score: 0, reason: 'no_answer' }
  const said = answerSaid(turn)
  if (said.kind === 'none') return { score: 0, reason: said.reason }
  const { question = '', choices = null, tolerance = null } = rest
  const key = { question, choices, tolerance, answer: ground_truth, answerType: answer_type }
  const { passed, reason } = measurementOf(compareAnswer(said.answer, key))
  return passed ? { score: 1, reason: 'right' } : { score: 0, reason }
}
