import { restarting } from '../sandbox/restarting.ts'
import { canonicalJson } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import type { Part } from '../schemas/task.ts'
import type { Cell, Observation, ToolCall, Trajectory } from '../schemas/trajectory.ts'
import { validator } from '../schemas/validate.ts'
import { type Tool, type ToolContext, ToolError } from '../tools/tool.ts'
import { cellsOf, placeOf } from './cells.ts'
import { type Check, type CheckContext, fail, type Measurement, pass } from './check.ts'

/**
 * All code of the trajectory again, in a fresh sandbox: status, exception type, stdout, result and the pixels of every
 * image must be what was recorded. Memory addresses may differ. Where the libraries are not those of the rollout, a
 * difference is `environment_differs`. Calls without state, like searches, are not made again.
 */
export const reexecutes = (): Check => ({
  name: 'reexecutes',
  version: 1,
  options: {},
  async measure(trajectory, context) {
    const stray = cellsOf(trajectory).find(({ cell }) => !cell.reproducible)
    if (stray) return fail('not_reproducible', `${placeOf(stray)} left a thread or a process behind`)
    const measured = await repeat(trajectory, context)
    if (measured.reason !== 'differs') return measured
    const { hash } = await context.sandbox.describe()
    const recorded = trajectory.environment.hash
    if (hash === recorded) return measured
    return fail('environment_differs', `${measured.detail} (ran in environment ${recorded}, this is ${hash})`)
  },
})

interface Step {
  turn: number
  call: ToolCall
  before: Observation
}

const stepsOf = ({ turns }: Trajectory): Step[] =>
  turns.flatMap(({ reply, observations }, turn) =>
    observations.flatMap((before, index) => {
      const call = reply.calls[index]
      return call ? [{ turn: turn + 1, call, before }] : []
    }),
  )

async function repeat(trajectory: Trajectory, context: CheckContext): Promise<Measurement> {
  const images = imagesIn(trajectory.question)
  await using session = restarting(context.sandbox, async () => ({
    ...(await context.sessionOptions(trajectory)),
    fresh: true,
  }))
  const { keep, bytes, signal } = context
  const bench: ToolContext = { session: async () => session, images, keep, bytes, consult, signal }
  let number = 0
  for (const { turn, call, before } of stepsOf(trajectory)) {
    if (before.data?.kind === 'cell') number++
    const measured = await repeatCall(call, before, context.tools, bench)
    if (!measured.passed) return { ...measured, detail: `${placeOf({ number, turn })}: ${measured.detail}` }
    images.push(...imagesIn(before.parts))
  }
  return pass(`cells run again: ${number}`)
}

/** What is run again has its state in the session; services are not asked again. */
const consult: ToolContext['consult'] = async ({ name }) => {
  throw new ToolError(`${name} is not asked again`)
}

const imagesIn = (parts: readonly Part[]): Image[] =>
  parts.flatMap(part => (part.type === 'image' ? [part.image] : []))

async function repeatCall(call: ToolCall, before: Observation, tools: readonly Tool[], bench: ToolContext) {
  const tool = tools.find(({ name }) => name === call.name)
  if (!tool && before.data?.kind === 'cell') return fail('no_tool', `there is no tool ${call.name} any more`)
  if (!tool?.stateful || neverRan(before)) return pass()
  bench.signal.throwIfAborted()
  const args = argumentsOf(call, tool)
  if (!args.ok) return fail('differs', `the arguments are wrong now: ${args.field} ${args.message}`)
  const difference = compare(before.data, await dataOf(tool, args.value, bench))
  return difference === null ? pass() : fail('differs', difference)
}

const neverRan = ({ mistake }: Observation): boolean =>
  mistake?.kind === 'unknown_tool' || mistake?.kind === 'bad_arguments'

function argumentsOf(call: ToolCall, tool: Tool) {
  try {
    return validator(tool.args)(JSON.parse(call.arguments))
  } catch {
    return { ok: false, field: '', message: 'they are not JSON' } as const
  }
}

async function dataOf(tool: Tool, args: unknown, bench: ToolContext): Promise<Observation['data']> {
  try {
    return (await tool.run(args as never, bench)).data
  } catch (error) {
    if (error instanceof ToolError) return null
    throw error
  }
}

function compare(before: Observation['data'], now: Observation['data']): string | null {
  if (before?.kind === 'cell' && now?.kind === 'cell') return cellDifference(before, now)
  return canonicalJson(before) === canonicalJson(now) ? null : 'the result is another one'
}

const fields: Record<string, (cell: Cell) => string | null> = {
  code: cell => cell.code,
  status: cell => cell.status,
  exception: cell => cell.error?.name ?? null,
  stdout: cell => cell.stdout,
  result: cell => cell.result,
}

function cellDifference(before: Cell, now: Cell): string | null {
  for (const [name, field] of Object.entries(fields)) {
    const difference = textDifference(field(before), field(now))
    if (difference) return `${name} ${difference}`
  }
  return imageDifference(before.images, now.images)
}

function imageDifference(before: Image[], now: Image[]): string | null {
  if (before.length !== now.length) return `${before.length} images before, ${now.length} now`
  const other = before.findIndex((image, index) => image.pixels !== now[index]?.pixels)
  return other < 0 ? null : `image ${other + 1} of ${before.length} has other pixels`
}

/** The first line that differs, or null. */
function textDifference(before: string | null, now: string | null): string | null {
  const [a, b] = [linesOf(before), linesOf(now)]
  const line = Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, i) => a[i] !== b[i])
  return line < 0 ? null : `line ${line + 1} was ${quote(a[line], b[line])}, now ${quote(b[line], a[line])}`
}

const linesOf = (text: string | null): string[] => (text === null ? [] : withoutAddresses(text).split('\n'))

/** An address differs from process to process. A short hexadecimal number is something the code computed. */
const withoutAddresses = (text: string): string =>
  text.replace(/(?<=\bat )0x[0-9a-f]+|\b0x[0-9a-f]{9,16}\b/gi, '0x…')

/** What a person needs of a line: from just before it differs. */
function quote(line: string | undefined, other = ''): string {
  if (line === undefined) return 'missing'
  const differs = [...line].findIndex((character, index) => character !== other[index])
  const start = Math.max(0, (differs < 0 ? line.length : differs) - 40)
  return JSON.stringify(line.slice(start, start + 80))
}
