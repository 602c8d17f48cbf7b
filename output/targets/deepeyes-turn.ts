import { endings, observationText, purposeOf, type Showing, searchCall } from '../../prompts/deepeyes.ts'
import type { Guard } from '../../prompts/markers.ts'
import type { Cell } from '../../schemas/cell.ts'
import type { ToolCall, ToolKind, ToolKinds, ToolSpec } from '../../schemas/trajectory.ts'
import type { LessonTurn } from '../lesson.ts'
import { first, type Reason, trainableArguments } from '../trainable.ts'

export interface StudentMessage {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** What the student's environment keeps of one observation. */
const mostImages = 10

/** Why a turn of a lesson, counted from 0, is none that the student could take. */
export interface ContractBreach extends Reason {
  turn: number
}

/** The first turn for which the student's contract has no words, if there is one. */
export function contractBreach(turns: readonly LessonTurn[], kinds: ToolKinds): ContractBreach | undefined {
  let searched = false
  return first(turns, (said, turn) => {
    if (said.kind === 'answer') return undefined
    const breach = breachOf(said, kinds)
    if (breach) return { turn, ...breach, detail: `turn ${turn + 1}${breach.detail && `: ${breach.detail}`}` }
    if (purposeOf(callOf(said).call, kinds) !== 'image_search') return undefined
    if (searched) return { turn, reason: 'repeated_image_search', detail: `turn ${turn + 1}` }
    searched = true
    return undefined
  })
}

/** The only call of a turn, and what came of it. */
function callOf(said: LessonTurn) {
  const [[call, ...more], [observation]] = said.kind === 'calls' ? [said.calls, said.observations] : [[], []]
  return more.length > 0 ? {} : { call, observation }
}

function breachOf(said: LessonTurn, kinds: ToolKinds): Reason | undefined {
  const { call, observation } = callOf(said)
  if (!call || !observation) return reason('parallel_calls')
  const { data } = observation
  const kind = purposeOf(call, kinds)
  if (data?.kind === 'cell') return kind === 'code' ? cellBreach(data) : reason('unknown_tool', call.name)
  if (!data && observation.mistake) return reason('tool_error')
  if (!data) return reason(kind === 'other' ? 'unknown_tool' : 'no_record', call.name)
  if (kind === 'text_search') return undefined
  return kind === 'image_search' ? imageSearchBreach(call) : reason('unknown_tool', call.name)
}

const reason = (reason: string, detail = ''): Reason => ({ reason, detail })

/** Python's exceptions come back to the student; a session that is lost ends its episode. */
function cellBreach({ status, code, images }: Cell): Reason | undefined {
  if (!endings.has(status)) return reason('lost_session', status)
  if (code.includes('```')) return reason('fenced_code')
  if (images.length > mostImages) return reason('too_many_images', String(images.length))
  return undefined
}

/** The student's image search takes no arguments: it always looks up the question's first image. */
function imageSearchBreach(call: ToolCall): Reason | undefined {
  const { query, image = 'image_1', ...others } = trainableArguments(call) ?? {}
  if (query !== undefined) return reason('image_search_by_words')
  const [other] = Object.keys(others)
  if (image === 'image_1' && other === undefined) return undefined
  return reason('searched_another_image', image === 'image_1' ? other : String(image))
}

/** A turn as the student writes it; undefined where the contract has no words for it. */
export function messageSaid(turn: LessonTurn, { safe, kinds }: Showing): StudentMessage | undefined {
  if (turn.kind === 'answer') return spoken(turn.thought, `<answer>${safe.text(turn.answer)}</answer>`, safe)
  const { call, observation } = callOf(turn)
  if (turn.kind === 'reminded' || !call) return undefined
  const data = observation?.data
  return spoken(
    turn.thought,
    data?.kind === 'cell'
      ? `<code>\n\`\`\`python\n${safe.text(data.code.trimEnd())}\n\`\`\`\n</code>`
      : `<tool_call>${searchCall(purposeOf(call, kinds), safe.text(data?.query ?? ''))}</tool_call>`,
    safe,
  )
}

/** What comes back to a turn: nothing to an answer. */
export function messageBack(turn: LessonTurn, showing: Showing): StudentMessage | undefined {
  const { call, observation } = callOf(turn)
  return observation && { role: 'user', content: observationText(call, observation, showing) }
}

/** What is trained of a turn: its thought, and what it leads to. */
export const spoken = (thought: string, act: string, safe: Pick<Guard, 'text'>): StudentMessage => ({
  role: 'assistant',
  content: `<think>${safe.text(thought)}</think>\n${act}`,
})

/**
 * The tools of a question whose first picture nobody has searched for: the environment takes image searches from a
 * cache, and ends the episode at one that is not in it.
 */
export const withoutImageSearch = (tools: readonly ToolSpec[], kinds: ToolKinds): ToolSpec[] =>
  tools.filter(({ name }) => !searchesImages(kinds.get(name)))

const searchesImages = (kind?: ToolKind): boolean => kind === 'image_search'
