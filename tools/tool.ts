import type { Static, TSchema } from 'typebox'
import type { Session } from '../sandbox/sandbox.ts'
import type { Image } from '../schemas/image.ts'
import type { JsonObject } from '../schemas/json.ts'
import { thing } from '../schemas/options.ts'
import type { Part } from '../schemas/task.ts'
import type { Mistake, Observation, ToolKind, ToolKinds } from '../schemas/trajectory.ts'
import type { Consult, Service } from './service.ts'

export interface ToolContext {
  /** The trajectory's Python; opened at first use. */
  session(): Promise<Session>
  /** Every image shown so far, in order: `images[0]` is `image_1`. The question's come first. */
  images: readonly Image[]
  /**
   * Keep an image's bytes; gives the reference to put into a part. Bytes that are no PNG, JPEG, WebP or GIF, cannot be
   * decoded, or are more than the conversation has room for, give null, and the teacher is told. What is kept for the
   * answer of a `service` takes no room here, because that answer is stored for all rollouts.
   */
  keep(bytes: Uint8Array, of?: 'service'): Promise<Image | null>
  bytes(image: Image): Promise<Uint8Array>
  /** Ask a service, such as a search engine, through the run's record of what it said. */
  consult: Consult
  signal: AbortSignal
}

export interface ToolResult {
  parts: Part[]
  data: Observation['data']
  mistake: Mistake | null
}

/** Something a teacher may call. `args` both tells it how and checks that it did. */
export interface Tool<Args extends TSchema = TSchema> {
  name: string
  description: string
  /**
   * The description where a question has no images; null for a tool that works on images and is not offered there. The
   * same by default.
   */
  withoutImages?: string | null
  args: Args
  options: JsonObject
  /** What the tool is for. The prompts of teachers and students, counts and exports go by it. `other` by default. */
  kind?: ToolKind
  /**
   * Its effect lives in the session, so resuming and re-executing run it again. Other tools are shown again from the
   * record when a rollout is resumed.
   */
  stateful: boolean
  /**
   * The services that it consults. Their prices and limits are looked at before anything is asked. Re-execution runs
   * the tool again with their recorded answers, so whatever else it does must follow from its arguments and the images
   * shown.
   */
  services?: readonly Service[]
  run(args: Static<Args>, context: ToolContext): Promise<ToolResult>
  /**
   * What it shows follows from its arguments and the images shown alone. Re-execution runs it again; of a tool that has
   * neither this nor a session or services, it can tell nothing.
   */
  repeatable?: boolean
  /** Lets go of what it holds open, if anything. */
  close?(): Promise<void>
}

export const Tool = thing<Tool>('a tool', 'python()', {
  name: 'string',
  description: 'string',
  args: 'object',
  options: 'object',
  run: 'function',
})

export const kindsOf = (tools: readonly Pick<Tool, 'name' | 'kind'>[]): ToolKinds =>
  new Map(tools.map(({ name, kind = 'other' }) => [name, kind]))

/** The call was wrong: the teacher is told and may try again. Any other error is the infrastructure's. */
export class ToolError extends Error {
  override name = 'ToolError'
}

/** Something that a tool needs is not there: a server does not start, or has changed. Never an observation. */
export class ToolUnavailable extends Error {
  override name = 'ToolUnavailable'
}

/** Makes a tool's `args` (https://github.com/sinclairzx81/typebox), so a tool's author need not install it. */
export { Type } from 'typebox'

/** Keeps the argument type between `args` and `run`, then forgets it so that tools fit in one list. */
export const defineTool = <Args extends TSchema>(tool: Tool<Args>): Tool => tool as unknown as Tool
