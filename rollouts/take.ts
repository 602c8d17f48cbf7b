import { existsSync } from 'node:fs'
import { hashOf } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { imagesIn, type Part, type Task } from '../schemas/task.ts'
import type {
  Observation,
  Reply,
  RolloutOrigin,
  ToolCall,
  ToolSpec,
  Trajectory,
  Turn,
} from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { noSuchPicture } from '../tasks/remote/pictures.ts'
import type { ImageSource, Problem } from '../tasks/source.ts'
import { takePicture } from '../tasks/take-picture.ts'
import type { Tool } from '../tools/tool.ts'
import type {
  DraftCall,
  DraftConversation,
  DraftPart,
  DraftResult,
  DraftTurn,
  PictureGap,
  RolloutDraft,
} from './source.ts'
import { wordsOfParts } from './telling.ts'

/** A tool of the run, as models are told of it. */
type OwnTool = ToolSpec & Pick<Tool, 'kind'>

/** What a rollout is taken in with: where its pictures go, and by which of its tools a run runs code. */
export interface Taking {
  store: Store
  tools: readonly OwnTool[]
}

/** Where nothing is known of where code ran. */
export const unknownEnvironment = { kind: 'unknown', python: 'unknown', libraries: {}, hash: 'unknown' }

/**
 * What is only said of a row, which is read the same without it: no part of what the row is known by, or a run that
 * took it in before this was said would measure it, and pay for it, once more.
 */
const remarks = new Set(['answer_tags', 'question_image', 'role_order', 'key', 'model', 'tools', 'ids'])

/**
 * A draft as a trajectory, with its pictures in the store. Its calls of code are calls of the run's own tool, and
 * nothing is there for machines (`data`) until they are made again. A picture that is not there costs its place and
 * is noted.
 */
export async function takeRollout(
  draft: RolloutDraft,
  format: string,
  taking: Taking,
): Promise<Trajectory | Problem> {
  if (draft.kind === 'conversation') return trajectoryOf(draft, format, taking)
  const found = await draft.open(taking.store)
  if ('problem' in found) return found
  const { trajectory, whole } = found
  const origin: RolloutOrigin = {
    ...draft.origin,
    format,
    sha256: hashOf(trajectory),
    profile: 'kindling',
    lacks: whole ? [] : ['record'],
  }
  return { ...trajectory, origin }
}

async function trajectoryOf(draft: DraftConversation, format: string, taking: Taking): Promise<Trajectory> {
  const lacks = new Set([...draft.lacks, ...untoldIn(draft)])
  const opened = async (parts: readonly DraftPart[]) => {
    const all = await Promise.all(parts.map(part => partOf(part, taking.store)))
    for (const each of all) if ('lacks' in each) lacks.add(each.lacks)
    return all.flatMap(each => ('lacks' in each ? [] : [each]))
  }
  const own = taking.tools.find(({ kind }) => kind === 'code')
  const code = own?.name
  const question = await opened(draft.question)
  const turns: Turn[] = []
  for (const turn of draft.turns) turns.push(await turnOf(turn, draft.model, { opened, code, lacks }))
  const { system, tools, sample } = draft
  const said = { system, question, tools, turns, outcome: outcomeOf(draft), sample }
  const task = taskOf(draft, imagesIn(question))
  const { id: _, source: __, images: ___, origin: ____, ...asked } = task
  const noted = { profile: draft.profile, lacks: [...lacks].sort() }
  const known = { ...noted, lacks: noted.lacks.filter(each => !remarks.has(each)) }
  const sha256 = hashOf({ format, ...said, asked, ...known })
  return {
    schemaVersion: 1,
    key: hashOf({ rollout: sha256 }),
    task,
    teacher: { name: format, options: {} },
    prompts: {},
    environment: unknownEnvironment,
    ...said,
    tools: offered(draft, turns, own),
    origin: { format, ...draft.origin, sha256, ...noted },
  }
}

/**
 * The tools that its calls name now. Those of code are the run's own; where its file tells of none, each that is called
 * was offered, and nobody says how.
 */
function offered(
  { tools, turns: before }: DraftConversation,
  turns: readonly Turn[],
  own?: ToolSpec,
): ToolSpec[] {
  const names = turns.flatMap(({ reply }) => reply.calls.map(({ name }) => name))
  const spec = own && { name: own.name, description: own.description, parameters: own.parameters }
  const called = (name: string): ToolSpec =>
    spec?.name === name ? spec : { name, description: '', parameters: { type: 'object' } }
  if (tools.length === 0) return [...new Set(names)].map(called)
  const renamed = new Set(
    before.flatMap(({ calls }) => calls.flatMap(({ name, code }) => (code === undefined ? [] : name))),
  )
  const now = tools.map(tool => (spec && renamed.has(tool.name) && tool.name !== spec.name ? spec : tool))
  return now.filter((tool, at) => now.findIndex(({ name }) => name === tool.name) === at)
}

/** What a conversation may do without, and its file did: the right answer, who made it, tools, ids of calls. */
function untoldIn({ key, model, tools, turns }: DraftConversation): string[] {
  const calls = turns.flatMap(({ calls }) => calls)
  const untold = {
    key: key === '',
    model: model === '' || model === 'unknown',
    tools: calls.length > 0 && tools.length === 0,
    ids: calls.some(({ id }) => id === ''),
  }
  return Object.entries(untold).flatMap(([what, isUntold]) => (isUntold ? [what] : []))
}

interface Turning {
  opened(parts: readonly DraftPart[]): Promise<Part[]>
  /** The run's tool that runs code. */
  code: string | undefined
  lacks: Set<string>
}

async function turnOf(
  { text, reasoning, user, ...turn }: DraftTurn,
  model: string,
  turning: Turning,
): Promise<Turn> {
  const calls = turn.calls.map((call, index) => toolCall(call, index, turning.code))
  const observations: Observation[] = []
  for (const [index, { id }] of calls.entries()) {
    const results = turn.results.filter(each => isOf(each, index, calls.length))
    if (results.length === 0 && !turn.results.some(({ of }) => of === 'all')) turning.lacks.add('results')
    observations.push(await seen(id, results, turning))
  }
  const reply: Reply = {
    text,
    reasoning,
    calls,
    stop: turn.cut ? 'length' : calls.length > 0 ? 'calls' : 'end',
    usage: { input: 0, output: 0, cached: 0, reasoning: 0 },
    model,
    raw: renamedIn(turn.calls, calls),
  }
  return { reply, observations, ...(user !== undefined && { reminder: { kind: 'answer', text: user } }) }
}

/** What its file joins of several calls is put to the last of them. */
const isOf = ({ of }: DraftResult, index: number, calls: number): boolean =>
  of === index || (of === 'all' && index === calls - 1)

async function seen(
  callId: string,
  results: readonly DraftResult[],
  { opened }: Turning,
): Promise<Observation> {
  const parts = await opened(results.flatMap(({ parts }) => parts))
  const failed = results.find(({ failed }) => failed)
  const mistake = failed
    ? { kind: 'tool_error' as const, message: wordsOfParts(failed.parts).slice(0, 2000) }
    : null
  return { callId, mistake, parts, data: null }
}

/** Ids tell the calls of a turn from each other, whatever a file calls them. */
function toolCall(
  { id, name, arguments: raw, code }: DraftCall,
  index: number,
  tool: string | undefined,
): ToolCall {
  const own = { id: id || `call_${index + 1}` }
  return code !== undefined && tool !== undefined
    ? { ...own, name: tool, arguments: JSON.stringify({ code }) }
    : { ...own, name, arguments: raw }
}

/** How they were called in their file, where that is another way. */
function renamedIn(before: readonly DraftCall[], calls: readonly ToolCall[]): Reply['raw'] {
  const others = before.some(
    ({ name, arguments: raw }, at) => calls[at]?.name !== name || calls[at]?.arguments !== raw,
  )
  return others ? { called: before.map(({ name, arguments: raw }) => ({ name, arguments: raw })) } : null
}

const outcomeOf = ({ answer }: DraftConversation): Trajectory['outcome'] =>
  answer === null ? { kind: 'stopped', by: 'no_answer' } : { kind: 'answered', answer }

const taskOf = (draft: DraftConversation, images: Image[]): Task => ({
  id: draft.id,
  question: wordsOfParts(draft.question).trim(),
  images,
  choices: draft.choices,
  answer: draft.key,
  answerType: draft.answerType,
  tolerance: null,
  category: draft.category,
  source: draft.source,
  meta: {},
  origin: draft.origin,
})

async function partOf(part: DraftPart, store: Store): Promise<Part | { lacks: string }> {
  if (part.type === 'text') return part
  if (part.type === 'gap') return { lacks: part.gap }
  const taken = await takePicture(part.image, { pages: 'first', frames: 'first' }, store)
  return typeof taken === 'string'
    ? { lacks: whyNot(part.image, taken) }
    : { type: 'image', image: taken.image }
}

function whyNot(image: ImageSource, problem: string): PictureGap {
  const isGone = 'path' in image ? !existsSync(image.path) : problem.includes(noSuchPicture)
  return isGone ? 'image_missing' : 'image_broken'
}
