import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from './input-error.ts'
import { machineFault } from './machine-fault.ts'
import { isShipped } from './options.ts'

/** The plug-in that is at work, and on which task. */
interface Culprit {
  kind: 'check' | 'screen' | 'filter' | 'selector' | 'tool' | 'export'
  name: string
  /** What is called of it. */
  method: object
  task?: string
}

/** A plug-in of the user's own broke. Nothing is lost: mend it and run again. */
export class PlugInError extends InputError {
  override name = 'PlugInError'
}

/** What JavaScript and Node call their errors; faults that contracts know have names of their own. */
const unforeseen = [
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'URIError',
  'AssertionError',
]

/** An error of a plug-in: with the plug-in, the task and the place if the user has to mend it, else as it is. */
export function blamed(error: unknown, { kind, name, method, task }: Culprit): unknown {
  if (isShipped(method) || machineFault(error)) return error
  if (error instanceof Error && !unforeseen.includes(error.name)) return error
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n')
  const on = task === undefined ? '' : ` (task ${task})`
  return new PlugInError([`${kind} ${name}${on}: ${line.slice(0, longest)}${placeOf(error)}`], {
    cause: error,
  })
}

const longest = 300

/** The file and line that threw, outside of packages and of Node. */
function placeOf(error: unknown): string {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : []
  const frame = frames
    .map(each => /\(?(file:\/\/\S+?|\/\S+?):(\d+):\d+\)?$/.exec(each))
    .find(each => each !== null)
  if (!frame?.[1]) return ''
  const path = frame[1].startsWith('file:') ? fileURLToPath(frame[1]) : frame[1]
  const inside = relative(process.cwd(), path)
  return ` (${inside.startsWith('..') ? path : inside}:${frame[2]})`
}

/** Let a plug-in work. */
export async function blaming<Made>(culprit: Culprit, work: () => Made | Promise<Made>): Promise<Made> {
  try {
    return await work()
  } catch (error) {
    throw blamed(error, culprit)
  }
}

/** The same for what it gives piece by piece. */
export async function* blamingEach<Piece>(
  culprit: Culprit,
  work: () => AsyncIterable<Piece>,
): AsyncGenerator<Piece> {
  try {
    yield* work()
  } catch (error) {
    throw blamed(error, culprit)
  }
}
