import type { OpenOptions, Sandbox, Session } from '../sandbox/sandbox.ts'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { Measurement } from '../schemas/measurement.ts'
import { isShipped, thing } from '../schemas/options.ts'
import type { Consulted, Trajectory } from '../schemas/trajectory.ts'
import type { Models, Teacher } from '../teachers/teacher.ts'
import type { Consult, Service } from '../tools/service.ts'
import type { Tool } from '../tools/tool.ts'

/** A question to a service, and what the run's record has as its answer. */
export interface Recalled {
  /** Its `answer` is absent where the record has none. */
  consulted: Consulted
  answer: unknown
}

export interface CheckContext {
  sandbox: Sandbox
  tools: readonly Tool[]
  /** How the trajectory's session was opened: the same files, prelude and seed. */
  sessionOptions(trajectory: Trajectory): Promise<OpenOptions>
  /** A Python of the project's own use, shared by checks: for reading code, never for running a model's. */
  analysis(): Promise<Session>
  /** Keep an image's bytes, as a tool does. */
  keep(bytes: Uint8Array): Promise<Image | null>
  bytes(image: Image): Promise<Uint8Array>
  /** Look a question up in the run's record of what services said. Nobody is asked. */
  recall(service: Service, query: JsonObject): Promise<Recalled>
  /** The same, as the trajectory's tools may see it: its leak guard stands in between. */
  guarded(consult: Consult, trajectory: Trajectory): Consult
  /** For checks that name the models they ask. */
  models: Models
  signal: AbortSignal
}

/**
 * A measured fact. It decides nothing. What would rest on something that is not there is `couldNotTell`, never a pass.
 * `version` rises whenever the same trajectory could be measured differently.
 * `measure` throws TeacherError where a model's provider failed: the fact stays unknown until the config is run again.
 */
export interface Check {
  name: string
  version: number
  options: JsonObject
  /** It says whether the task is solved: a teacher further up a ladder is asked only where it fails. */
  settles?: boolean
  /** Models that it asks, which costs money; none where it is free. */
  models?: readonly Teacher[]
  measure(trajectory: Trajectory, context: CheckContext): Promise<Measurement>
}

export const Check = thing<Check>('a check', 'answer()', {
  name: 'string',
  version: 'number',
  options: 'object',
  measure: 'function',
})

/** Whether the user wrote what measures: a shipped check says by its `version` all that can change. */
export const isOwn = ({ measure }: Check): boolean => !isShipped(measure)

export { couldNotTell, fail, type Measurement, pass } from '../schemas/measurement.ts'
