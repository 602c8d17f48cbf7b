import Type, { type Static } from 'typebox'
import {
  fullInstructions,
  isUnknown,
  observationText,
  promptHashes,
  questionText,
  type Showing,
  studentGuard,
  studentKind,
} from '../prompts/deepeyes.ts'
import { placeholder } from '../prompts/markers.ts'
import { sha256 } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { closed, count, readOptions } from '../schemas/options.ts'
import type { Part } from '../schemas/task.ts'
import type { Reply, ToolCall, ToolKind, ToolKinds, Turn } from '../schemas/trajectory.ts'
import { parseTagged, stopStrings, type TurnAct, withStop } from './tagged-text.ts'
import { type Batching, type BatchResult, Teacher, type TeacherRequest } from './teacher.ts'

export const TaggedOptions = closed({
  /** How much of a cell's stdout and of its stderr it is shown. */
  maxChars: Type.Optional(count),
})
export type TaggedOptions = Static<typeof TaggedOptions>

/**
 * A teacher that calls tools by writing tags into plain text, as DeepEyesV2's student does (arXiv 2511.05271, appendix
 * A.8). It is for models without native tools, and for models that are to imitate the student. `model` is any teacher
 * that gives text; it is sent no tools, but its instructions tell of each. Tool results stand in user messages, in the
 * words of the student's environment. `raw` of a reply is the exact assistant text. Switch the server's reasoning
 * parser off: it would swallow the thoughts.
 */
export function tagged(model: Teacher, given: TaggedOptions = {}): Teacher {
  readOptions('tagged', closed({ model: Teacher }), { model })
  const { maxChars = 8_000 } = readOptions('tagged', TaggedOptions, given)
  const { verbatim: plain = model, ...known } = model
  return {
    ...known,
    options: { ...model.options, protocol: 'tagged', maxChars, prompts: promptHashes },
    instructions: fullInstructions,
    uncallable: kinds => uncallable(model.name, kinds),
    async ask(request, signal) {
      return fromText(await plain.ask(toText(request, maxChars), signal), request.kinds ?? new Map())
    },
    ...(plain.endpoints && { endpoints: plain.endpoints.map(each => tagged(each, given)) }),
    ...(plain.batch && { batch: taggedBatch(plain.batch, maxChars) }),
  }
}

const taggedBatch = (batch: Batching, maxChars: number): Batching => ({
  ...batch,
  submit: (name, items, signal) => {
    const texts = items.map(({ id, request }) => ({ id, request: toText(request, maxChars) }))
    return batch.submit(name, texts, signal)
  },
  rephrases: async (id, refused, request) =>
    (await batch.rephrases?.(id, refused, toText(request, maxChars))) ?? false,
  async poll(ref, signal, kinds) {
    const state = await batch.poll(ref, signal, kinds)
    return state.done ? { ...state, results: read(state.results, kinds) } : state
  },
})

async function* read(
  results: AsyncIterable<BatchResult>,
  kinds: ToolKinds = new Map(),
): AsyncGenerator<BatchResult> {
  for await (const result of results)
    yield 'reply' in result ? { ...result, reply: fromText(result.reply, kinds) } : result
}

/** The request as a plain conversation. */
export function toText(request: TeacherRequest, maxChars: number): TeacherRequest {
  const { kinds = new Map() } = request
  const message = (write: (showing: Showing) => string): Part[] => {
    const images: Image[] = []
    const put = (image: Image) => {
      images.push(image)
      return placeholder
    }
    return partsOf(write({ put, safe: studentGuard(), maxChars, kinds }), images)
  }
  return {
    ...request,
    question: message(showing => questionText(request.question, showing)),
    turns: request.turns.map(turn => ({
      reply: { ...turn.reply, text: textOf(turn.reply), calls: [], raw: null },
      observations: [
        { callId: '', mistake: null, parts: message(showing => answerTo(turn, showing)), data: null },
      ],
    })),
    tools: [],
    stop: stopStrings,
  }
}

const textOf = ({ raw, text }: Reply): string => (typeof raw === 'string' ? raw : text)

/** Each placeholder gives way to its image. The texts are guarded, so there are as many as there are images. */
function partsOf(text: string, images: readonly Image[]): Part[] {
  return text.split(placeholder).flatMap((piece, index): Part[] => {
    const image = images[index - 1]
    const words: Part[] = piece.trim() === '' ? [] : [{ type: 'text', text: piece }]
    return image ? [{ type: 'image', image }, ...words] : words
  })
}

/** A mistake in the contract is told in the contract's words; the tools know nothing of it. */
function answerTo(turn: Turn, showing: Showing): string {
  const { said } = parseTagged(textOf(turn.reply))
  const told = said.kind === 'mistake' ? said.message : strangerIn(said, turn)
  if (told !== undefined) return `<tool_response>\n${showing.safe.text(told)}\n</tool_response>`
  const [observation] = turn.observations
  return observation ? observationText(turn.reply.calls[0], observation, showing) : ''
}

function strangerIn(said: TurnAct, { observations }: Turn): string | undefined {
  if (said.kind !== 'call' || observations[0]?.mistake?.kind !== 'unknown_tool') return undefined
  return `There is no tool named ${said.name}. Call only those that you were told of; Python is written between <code> and </code>.`
}

function fromText(reply: Reply, kinds: ToolKinds): Reply {
  if (reply.stop === 'broken') return reply
  if (reply.stop !== 'end') return { ...reply, raw: reply.text }
  const raw = withStop(reply.text)
  const { thought, said } = parseTagged(raw)
  const call = callOf(said, raw, kinds)
  const text = thought.replace(/<(?=\/?answer>)/g, '< ')
  if (call)
    return {
      ...reply,
      text,
      calls: [{ id: `call_${sha256(raw).slice(0, 12)}`, ...call }],
      stop: 'calls',
      raw,
    }
  return { ...reply, text: said.kind === 'answer' ? `${text}\n<answer>${said.answer}</answer>` : text, raw }
}

/** The run's tool of a kind. Where it has none, a name that no tool has, so that the teacher is told. */
function toolFor(wanted: ToolKind, kinds: ToolKinds): string {
  const [name] = [...kinds].find(([, kind]) => kind === wanted) ?? []
  return name ?? (kinds.has(wanted) ? `<${wanted}>` : wanted)
}

/** The student has one name for each kind of tool, and no tool of a run can go by it but the first of that kind. */
function uncallable(teacher: string, kinds: ToolKinds): string | undefined {
  for (const [name, kind] of kinds) {
    const called = isUnknown(name, kinds)
      ? name
      : toolFor(kind === 'other' ? (studentKind(name) ?? kind) : kind, kinds)
    if (called !== name)
      return `tools: by the tags that ${teacher} writes, \`${name}\` cannot be called, since \`${called}\` would be in its place; give it another name and no kind, or leave one of them out`
  }
  return undefined
}

function callOf(said: TurnAct, raw: string, kinds: ToolKinds): Omit<ToolCall, 'id'> | undefined {
  if (said.kind === 'code')
    return { name: toolFor('code', kinds), arguments: JSON.stringify({ code: said.code }) }
  // No tool takes a whole turn for arguments, so it becomes a mistake that the teacher is told of.
  if (said.kind === 'mistake') return { name: toolFor('code', kinds), arguments: raw }
  if (said.kind !== 'call') return undefined
  return { name: calledName(said.name, kinds), arguments: said.arguments }
}

/** Tools that the student knows go by its names for them, and by no others. */
function calledName(name: string, kinds: ToolKinds): string {
  if (kinds.has(name) && isUnknown(name, kinds)) return name
  const kind = studentKind(name)
  return kind ? toolFor(kind, kinds) : `tool_call ${name}`
}
