import { thoughtIn } from '../../checks/reading/turns-read.ts'
import { endings, kindIn, searchCall } from '../../prompts/deepeyes.ts'
import type { Guard } from '../../prompts/markers.ts'
import type { Cell } from '../../schemas/cell.ts'
import type { ToolCall, ToolKind, ToolKinds, ToolSpec, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { first, type Reason, trainableArguments } from '../trainable.ts'

/** What the student's environment keeps of one observation. */
const mostImages = 10

/** Where a trajectory does what the student's contract has no words for, if it does. */
export function contractBreach({ turns, task }: Trajectory, kinds: ToolKinds): Reason | undefined {
  const calling = turns.slice(0, -1)
  const found = first(calling, (turn, index) => {
    const breach = breachOf(turn, kinds)
    return breach && { ...breach, detail: `turn ${index + 1}${breach.detail && `: ${breach.detail}`}` }
  })
  if (found) return found
  const searches = calling.filter(turn => kindIn(turn, kinds) === 'image_search').length
  if (searches > 1) return { reason: 'repeated_image_search', detail: `${searches} times` }
  const last = turns.at(-1)
  return last && thoughtIn(last.reply.text) === '' ? { reason: 'no_thought', detail: task.id } : undefined
}

function breachOf(turn: Turn, kinds: ToolKinds): Reason | undefined {
  const { reply, observations } = turn
  const [call] = reply.calls
  const [observation] = observations
  if (!call || !observation || reply.calls.length > 1) return reason('parallel_calls')
  if (reply.text.trim() === '') return reason('no_thought')
  const { data } = observation
  const kind = kindIn(turn, kinds)
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

/** A turn that calls a tool, as the student writes it. */
export function callMessage(turn: Turn, safe: Guard, kinds: ToolKinds): string {
  const { reply, observations } = turn
  const thought = `<think>${safe.text(reply.text.trim())}</think>\n`
  const data = observations[0]?.data
  if (data?.kind === 'cell')
    return `${thought}<code>\n\`\`\`python\n${safe.text(data.code.trimEnd())}\n\`\`\`\n</code>`
  return `${thought}<tool_call>${searchCall(kindIn(turn, kinds), safe.text(data?.query ?? ''))}</tool_call>`
}

/** The last turn, as the student writes it. */
export function answerMessage({ turns, outcome }: Trajectory, safe: Guard): string {
  const thought = safe.text(thoughtIn(turns.at(-1)?.reply.text ?? ''))
  const answer = outcome.kind === 'answered' ? safe.text(outcome.answer) : ''
  return `<think>${thought}</think>\n<answer>${answer}</answer>`
}

/**
 * The tools of a question whose first picture nobody has searched for: the environment takes image searches from a
 * cache, and ends the episode at one that is not in it.
 */
export const withoutImageSearch = (tools: readonly ToolSpec[], kinds: ToolKinds): ToolSpec[] =>
  tools.filter(({ name }) => !searchesImages(kinds.get(name)))

const searchesImages = (kind?: ToolKind): boolean => kind === 'image_search'
