import { madeBy } from '../../checks/reading/made-by.ts'
import { atifColumns } from '../../rollouts/atif-row.ts'
import { recordOf } from '../../rollouts/record.ts'
import { columnsRead, jsonIn, type PlainRow, plainRow } from '../../rollouts/row.ts'
import type { Image } from '../../schemas/image.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import { factory, noOptions } from '../../schemas/options.ts'
import type { Usage } from '../../schemas/reply-use.ts'
import { imagesIn, type Part } from '../../schemas/task.ts'
import type { Observation, ToolCall, Trajectory, Turn } from '../../schemas/trajectory.ts'
import { Export, type ExportContext, type ExportRow, type FilesBeside, project } from '../export.ts'
import { openPictureFiles, picturePath } from '../picture-files.ts'
import { questionParts } from '../pictures.ts'
import { isTaught, trainableArguments } from '../trainable.ts'
import { hfRow } from './hf.ts'

/**
 * Every kept trajectory in the Agent Trajectory Interchange Format (ATIF-v1.7), one a line, with its pictures as files
 * beside it. Each document is one that the models of Harbor 0.26 take. `extra.kindling` holds the columns of `hf`; that
 * of a step says in `train` whether it is to be taught.
 */
export const atif = factory(Export, 'atif', noOptions, () => ({
  name: 'atif',
  options: {},
  select: 'kept',
  // Paths of pictures begin at the file that names them.
  shards: '',
  lines: ['schema_version', 'session_id', 'trajectory_id', 'agent', 'steps', 'final_metrics', 'extra'],
  about:
    'Every kept trajectory in the Agent Trajectory Interchange Format (ATIF-v1.7), a JSON document a line; `path` of a picture begins in the folder of the file. It is for tools that read ATIF: `Trajectory.model_validate_json(line)` of `harbor.models.trajectories`. Each step’s `extra.kindling.train` says whether to train on it; `extra.kindling` of the whole holds the columns of `hf`.',
  row: async (item, context) => {
    const { row, images, altered } = await atifRow(item, context)
    return project(row, { images: images.length, altered })
  },
  beside: picturesOf,
}))

async function picturesOf(folder: string): Promise<FilesBeside<ExportRow>> {
  const files = await openPictureFiles(folder)
  return { ...files, add: ({ measured }, context) => files.add(picturesIn(measured.trajectory), context) }
}

/** In the order in which they were shown. */
const picturesIn = (trajectory: Trajectory): Image[] => [
  ...imagesIn(questionParts(trajectory)),
  ...trajectory.turns.flatMap(({ observations }) => observations.flatMap(({ parts }) => imagesIn(parts))),
]

async function atifRow(item: ExportRow, context: ExportContext) {
  const { trajectory } = item.measured
  const {
    trajectory: _,
    tools: __,
    images: ___,
    record: ____,
    ...columns
  } = plainRow(await hfRow(item, context))
  const kindling = {
    ...columns,
    facts: jsonIn(columns.facts) ?? null,
    provenance: jsonIn(columns.provenance) ?? null,
  }
  const images = picturesIn(trajectory)
  const row: PlainRow = { ...documentOf(trajectory), extra: { kindling } }
  const record = recordOf(trajectory, columnsRead(atifColumns(row), images), images)
  return {
    row: { ...row, extra: { kindling: { ...kindling, record } } },
    images,
    altered: columns.altered === true,
  }
}

function documentOf(trajectory: Trajectory): JsonObject {
  const { key, teacher, turns, tools, schemaVersion } = trajectory
  const { made_by, models } = madeBy(trajectory)
  const steps = stepsOf(trajectory, made_by === 'program' ? 0 : 1)
  const total = (name: keyof Usage) => turns.reduce((sum, { reply }) => sum + (reply.usage[name] ?? 0), 0)
  return {
    schema_version: 'ATIF-v1.7',
    session_id: key,
    trajectory_id: key,
    agent: {
      name: 'kindling',
      version: String(schemaVersion),
      model_name: models.join(', ') || teacher.name,
      tool_definitions: tools.map(tool => ({ type: 'function', function: tool })),
    },
    steps: steps.map((step, index) => ({ step_id: index + 1, ...step })),
    final_metrics: {
      total_prompt_tokens: total('input'),
      total_completion_tokens: total('output'),
      total_cached_tokens: total('cached'),
      total_steps: steps.length,
    },
  }
}

/** `inferences` is 0 where a program made the replies. */
const stepsOf = (trajectory: Trajectory, inferences: 0 | 1): JsonObject[] => [
  { source: 'system', message: trajectory.system },
  { source: 'user', message: contentOf(questionParts(trajectory)) },
  ...trajectory.turns.flatMap(turn => [
    agentStep(turn, inferences),
    ...(turn.reminder && turn.observations.length === 0
      ? [{ source: 'user', message: turn.reminder.text }]
      : []),
  ]),
]

function agentStep(turn: Turn, inferences: 0 | 1): JsonObject {
  const { text, calls, usage } = turn.reply
  const told = calls.map(call => toolCall(call)).filter(call => call !== undefined)
  const untold = calls.flatMap((call, at) => (toolCall(call) ? [] : [{ at, ...call }]))
  const metrics = { prompt_tokens: usage.input, completion_tokens: usage.output, cached_tokens: usage.cached }
  return {
    source: 'agent',
    message: text,
    ...(told.length > 0 && { tool_calls: told }),
    ...(turn.observations.length > 0 && { observation: { results: resultsOf(turn, told) } }),
    ...(inferences > 0 && { metrics }),
    llm_call_count: inferences,
    extra: { kindling: { train: isTaught(turn), ...(untold.length > 0 && { calls: untold }) } },
  }
}

/** How deep JSON may be nested: parsers in other languages take less than JavaScript's. */
const deepest = 100

/**
 * Undefined where its arguments are none that ATIF can hold. Such a call stands in `extra`, as it was written, and its
 * result as that of an action outside of tool calling: with empty arguments it would be a call that nobody made.
 */
function toolCall(call: ToolCall): JsonObject | undefined {
  const given = trainableArguments(call)
  return given && isWithin(given, deepest)
    ? { tool_call_id: call.id, function_name: call.name, arguments: given }
    : undefined
}

const isWithin = (value: Json, depth: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every(each => isWithin(each, depth - 1)))

const resultsOf = ({ observations }: Turn, told: readonly JsonObject[]): JsonObject[] =>
  observations.map(({ callId, parts, mistake }: Observation) => {
    const isTold = told.some(({ tool_call_id }) => tool_call_id === callId)
    const ours = { ...(!isTold && { call_id: callId }), ...(mistake && { mistake: mistake.kind }) }
    return {
      ...(isTold && { source_call_id: callId }),
      content: contentOf(parts),
      ...(Object.keys(ours).length > 0 && { extra: { kindling: ours } }),
    }
  })

/** A text alone is a string. */
function contentOf(parts: readonly Part[]): Json {
  const [first] = parts
  return parts.length === 1 && first?.type === 'text' ? first.text : parts.map(contentPart)
}

const contentPart = (part: Part): JsonObject =>
  part.type === 'text'
    ? { type: 'text', text: part.text }
    : { type: 'image', source: { media_type: part.image.mime, path: picturePath(part.image) } }
