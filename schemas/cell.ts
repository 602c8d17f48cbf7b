import Type, { type Static } from 'typebox'
import { Image } from './image.ts'

const closed = { additionalProperties: false }
const OrNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const CellStatus = Type.Enum([
  'ok',
  'error',
  'exit',
  'timeout',
  'memory_limit',
  'output_limit',
  'protocol',
  'crash',
  'dead',
])
export type CellStatus = Static<typeof CellStatus>

/**
 * What one Python cell did. Two executions are compared field by field; times are left out because they never repeat.
 */
export const Cell = Type.Object(
  {
    kind: Type.Literal('cell'),
    code: Type.String(),
    status: CellStatus,
    stdout: Type.String(),
    stderr: Type.String(),
    /** repr of the last expression. */
    result: OrNull(Type.String()),
    error: OrNull(
      Type.Object({ name: Type.String(), value: Type.String(), traceback: Type.String() }, closed),
    ),
    images: Type.Array(Image),
    /** Images it drew that are not here: over a limit, too slow to decode, or none that can be. */
    droppedImages: Type.Optional(Type.Integer({ minimum: 1 })),
    /** False where the cell left a thread or a process behind: running it again need not give the same. */
    reproducible: Type.Boolean(),
  },
  closed,
)
export type Cell = Static<typeof Cell>

/** Where model-written code ran: two machines with the same `hash` have the same library versions. */
export const Environment = Type.Object(
  {
    kind: Type.String(),
    python: Type.String(),
    libraries: Type.Record(Type.String(), Type.String()),
    hash: Type.String(),
  },
  closed,
)
export type Environment = Static<typeof Environment>
