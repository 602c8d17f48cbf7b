import Type, { type Static } from 'typebox'
import { Cell, Environment } from './cell.ts'
import { Image } from './image.ts'
import { isObject, Json, JsonObject } from './json.ts'
import { Usage } from './reply-use.ts'
import { Part, Task } from './task.ts'

const closed = { additionalProperties: false }
const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** A call as the teacher wrote it. `arguments` is the raw text, kept even where it is not JSON. */
export const ToolCall = Type.Object(
  { id: Type.String(), name: Type.String(), arguments: Type.String() },
  closed,
)
export type ToolCall = Static<typeof ToolCall>

/** What a search gave, best first, or a page that was opened. `id` is stable within its corpus. */
export const Results = Type.Object(
  {
    kind: Type.Literal('results'),
    provider: Type.String(),
    query: Type.String(),
    results: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          title: Type.String(),
          snippet: Type.String(),
          licence: OrNull(Type.String()),
          /** Whose it is, where that is known beyond the provider. */
          source: Type.Optional(OrNull(Type.String())),
          /** Where it stands in the web: an http or https address. */
          link: Type.Optional(OrNull(Type.String())),
          /** When it was published, as the provider says it. */
          date: Type.Optional(OrNull(Type.String())),
          image: OrNull(Image),
          score: Type.Number(),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type Results = Static<typeof Results>

/** What the teacher got wrong about a call. It is told so, and may try again. */
export const Mistake = Type.Object(
  {
    /** `no_rationale`: it was not made, because it stood without one, and the teacher was reminded. */
    kind: Type.Enum(['unknown_tool', 'bad_arguments', 'code_error', 'tool_error', 'no_rationale']),
    message: Type.String(),
  },
  closed,
)
export type Mistake = Static<typeof Mistake>

/** Results that a teacher was not shown: how many of whose, and why. */
export const Removed = Type.Object(
  { provider: Type.String(), reason: Type.String(), count: Type.Integer({ minimum: 1 }) },
  closed,
)
export type Removed = Static<typeof Removed>

/** What a call asked a service, by sha256 of plain data, so that neither question nor answer is repeated here. */
export const Consulted = Type.Object(
  {
    service: Type.String(),
    options: Type.String(),
    query: Type.String(),
    /** Absent where there was none: the service failed. */
    answer: Type.Optional(Type.String()),
  },
  closed,
)
export type Consulted = Static<typeof Consulted>

/** What came back from one call: `parts` is exactly what the teacher saw, `data` the same for machines. */
export const Observation = Type.Object(
  {
    callId: Type.String(),
    mistake: OrNull(Mistake),
    parts: Type.Array(Part),
    data: OrNull(Type.Union([Cell, Results])),
    removed: Type.Optional(Type.Array(Removed)),
    /** Each question once, in an order of its own. Records from before this was kept lack it. */
    consulted: Type.Optional(Type.Array(Consulted)),
  },
  closed,
)
export type Observation = Static<typeof Observation>

/** Ends that say themselves why there is no answer. */
const halts = ['length', 'content_filter', 'refusal', 'broken', 'malformed_call'] as const

/**
 * Why a reply ended. Only `end` can be an answer. `broken` is a reply that cannot be read, or has no end that a model
 * chose; `malformed_call` a call that the provider itself could not read.
 */
export const Stop = Type.Enum(['end', 'calls', ...halts])
export type Stop = Static<typeof Stop>

/** What a teacher said, once. `raw` is the assistant message exactly as the wire gave it. */
export const Reply = Type.Object(
  {
    /** The visible text: the rationale before a call, or the answer. */
    text: Type.String(),
    /** The provider's own reasoning, kept apart: it may be summarised or not licensed for training. */
    reasoning: OrNull(Type.String()),
    calls: Type.Array(ToolCall),
    stop: Stop,
    usage: Usage,
    /** The model as the provider named it in its reply. */
    model: Type.String(),
    raw: Json,
  },
  closed,
)
export type Reply = Static<typeof Reply>

/** What is wrong with a broken reply, as its `raw` says beside what came. */
export const whyBroken = ({ raw }: Pick<Reply, 'raw'>): string | undefined =>
  isObject(raw) && typeof raw.broken === 'string' ? raw.broken : undefined

/** That a call needs a rationale, or an answer its tags, in the words that the teacher was told. */
export const Reminder = Type.Object({ kind: Type.Enum(['rationale', 'answer']), text: Type.String() }, closed)
export type Reminder = Static<typeof Reminder>

/** One reply and what its calls returned: one observation per call, in order. */
export const Turn = Type.Object(
  {
    reply: Reply,
    observations: Type.Array(Observation),
    /** What the teacher was reminded of after this reply: in place of its calls, or of the end. */
    reminder: Type.Optional(Reminder),
  },
  closed,
)
export type Turn = Static<typeof Turn>

/** How a rollout ended. A failed one is the infrastructure's fault: it is tried again and never trained on. */
export const Outcome = Type.Union([
  Type.Object({ kind: Type.Literal('answered'), answer: Type.String() }, closed),
  Type.Object(
    {
      kind: Type.Literal('stopped'),
      by: Type.Enum(['turns', ...halts, 'empty', 'no_answer']),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('failed'),
      at: Type.Enum(['teacher', 'tool', 'sandbox']),
      message: Type.String(),
    },
    closed,
  ),
])
export type Outcome = Static<typeof Outcome>

/** A measured fact about a trajectory. Deciding what follows from it is a filter's work. */
export const Fact = Type.Object(
  {
    check: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    passed: Type.Boolean(),
    /** What it would take to know is not there. Such a fact has not passed, and `stateOf` tells it from a failure. */
    couldNotTell: Type.Optional(Type.Literal(true)),
    /** Stable snake_case code of why it has not passed; empty where it has. */
    reason: Type.String(),
    detail: Type.String(),
    /** What was counted, where that is more than yes or no. */
    data: Type.Optional(JsonObject),
  },
  closed,
)
export type Fact = Static<typeof Fact>

/** A name with the plain data that says exactly what ran. */
export const Named = Type.Object({ name: Type.String({ minLength: 1 }), options: JsonObject }, closed)
export type Named = Static<typeof Named>

export const ToolSpec = Type.Object(
  { name: Type.String(), description: Type.String(), parameters: JsonObject },
  closed,
)
export type ToolSpec = Static<typeof ToolSpec>

/** What a tool is for, whatever its name. */
export type ToolKind = 'code' | 'image_search' | 'text_search' | 'other'

/** What tools are for, by their names. Those that are not in it are other ones. */
export type ToolKinds = ReadonlyMap<string, ToolKind>

/**
 * How what a rollout shows compares with what its code does when it is run again. `same` and `alike` are agreement, the
 * latter where pictures have other pixels that look the same. `cannot_run` has a cause; `not_repeatable` differs from
 * run to run by itself; `rewritten` ran behind a runner that alters code; `none` has no call at all.
 */
export const RerunVerdict = Type.Enum([
  'none',
  'same',
  'alike',
  'environment_differs',
  'differs',
  'not_repeatable',
  'rewritten',
  'cannot_run',
])
export type RerunVerdict = Static<typeof RerunVerdict>

/** What was found when the calls of a rollout that was made elsewhere were made again from what it shows. */
export const Rerun = Type.Object(
  {
    verdict: RerunVerdict,
    /** Of `cannot_run`: a stable snake_case code. Empty for the others. */
    cause: Type.String(),
    /** For a person: where, and what. */
    detail: Type.String(),
    /** Calls of code that were made again, of all calls. */
    ran: Type.Integer({ minimum: 0 }),
    of: Type.Integer({ minimum: 0 }),
    /** Calls whose record was made anew, because text and pixels are the same. */
    rebuilt: Type.Integer({ minimum: 0 }),
    /** Pictures that were compared. */
    pictures: Type.Integer({ minimum: 0 }),
  },
  closed,
)
export type Rerun = Static<typeof Rerun>

/** Where a rollout was read that was not made here. */
export const RolloutOrigin = Type.Object(
  {
    /** Of its file, by the name of what read it. */
    format: Type.String({ minLength: 1 }),
    file: Type.String({ minLength: 1 }),
    /** From 1. */
    row: Type.Integer({ minimum: 1 }),
    /** Of what the row says, with its pictures by their pixels. */
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    /** By which its code is run again: names of pictures, and how results are written. */
    profile: Type.String({ minLength: 1 }),
    /** What its file does not hold, each a stable snake_case code. */
    lacks: Type.Array(Type.String()),
    /** Absent until its calls were made again. */
    rerun: Type.Optional(Rerun),
  },
  closed,
)
export type RolloutOrigin = Static<typeof RolloutOrigin>

/** What a row of others lacks whose picture is on the machine of others, or in the web. */
export const picturesElsewhere: ReadonlySet<string> = new Set([
  'image_missing',
  'image_outside',
  'remote_image',
])

/** The record the pipeline makes, checks, filters and exports. */
export const Trajectory = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    /** Identity of the rollout: sha256 over task content, teacher, prompts, tools, sandbox, turn limit and sample. */
    key: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    task: Task,
    teacher: Named,
    sample: Type.Integer({ minimum: 0 }),
    /** sha256 of each prompt text used, by name. */
    prompts: Type.Record(Type.String(), Type.String()),
    /** The instructions the teacher was given, as sent. */
    system: Type.String(),
    /** The question as the teacher saw it: text and images. */
    question: Type.Array(Part),
    tools: Type.Array(ToolSpec),
    environment: Environment,
    turns: Type.Array(Turn),
    outcome: Outcome,
    /** Only of a rollout that was not made here. */
    origin: Type.Optional(RolloutOrigin),
  },
  closed,
)
export type Trajectory = Static<typeof Trajectory>
