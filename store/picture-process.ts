import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pLimit from 'p-limit'
import { ImageError, TooSlowError } from './errors.ts'
import type { Job, Said } from './picture-process-work.ts'

/** Milliseconds of processor time that a picture may take: twice what the dearest honest one takes. */
const decodingMs = 20_000
/** On a busy machine that takes longer by the clock. */
const patience = 15
/** A process without work is ended after so many milliseconds. */
const idleMs = 30_000

/** As many pictures are decoded at once: each may take 400 MB while it is. */
const limit = pLimit(Math.min(4, Math.max(2, availableParallelism())))
const idle: ChildProcess[] = []

export interface Bound {
  /** Take all that libvips reads, SVG and HEIF too, not only PNG, JPEG, WebP and GIF: for files of the user's own. */
  anyFormat?: boolean
  /** Milliseconds of processor time; 20,000 by default. */
  cpuMs?: number
  /** Ends the work at once. */
  signal?: AbortSignal
}

/**
 * The function `name` of a `module` beside another one. It works on pictures, so it is run in a process that is killed
 * where it takes too long: nothing else stops libvips, and it would keep Node's thread pool from files. A process does
 * one job after another. It is not told the environment, where keys are. Rejects with ImageError for bytes that cannot
 * be decoded, and with TooSlowError.
 */
export const inPictureProcess =
  <Args extends unknown[], Result>(near: string, module: string, name: string) =>
  async ({ anyFormat = false, cpuMs = decodingMs, signal }: Bound, ...args: Args): Promise<Result> => {
    const job: Job = { module: beside(near, module), name, args, anyFormat, cpuMs }
    const said = await limit(() =>
      answerTo(job, signal).catch(error => {
        signal?.throwIfAborted()
        return answerAgain(job, error)
      }),
    )
    if ('fault' in said) throw new ImageError(said.fault, said.cure)
    if ('late' in said) throw new TooSlowError(`decoding it takes more than ${cpuMs / 1000} seconds`)
    return said.result as Result
  }

/** What a process said to a job. Rejects with Ended where it ended instead. */
async function answerTo(job: Job, ended?: AbortSignal): Promise<Said> {
  ended?.throwIfAborted()
  const worker = idle.pop() ?? started()
  const over = new AbortController()
  const signal = ended ? AbortSignal.any([over.signal, ended]) : over.signal
  held(worker, true)
  try {
    worker.send(job)
    const said: Said = await Promise.race([
      once(worker, 'message', { signal }).then(([message]) => message),
      once(worker, 'exit', { signal }).then(([status, by]) => Promise.reject(new Ended(status, by))),
      wait(job.cpuMs * patience, { late: true as const }, { signal }),
    ])
    if ('late' in said) worker.kill('SIGKILL')
    else rest(worker)
    return said
  } catch (error) {
    worker.kill('SIGKILL')
    throw error
  } finally {
    over.abort()
  }
}

/** A process may have ended for what was done to it from outside; one that ends twice ended for the picture. */
const answerAgain = (job: Job, first: unknown): Promise<Said> =>
  answerTo(job).catch(error => {
    if (first instanceof Ended && error instanceof Ended && error.by)
      return { fault: `it cannot be decoded (what decodes it ends with ${error.by})` }
    throw error
  })

class Ended extends Error {
  override name = 'Ended'
  readonly by: NodeJS.Signals | null
  constructor(status: number | null, by: NodeJS.Signals | null) {
    super(`the process that decodes pictures ended with ${by ?? `status ${status}`}`)
    this.by = by
  }
}

function started(): ChildProcess {
  const worker = fork(new URL(beside(import.meta.url, './picture-process-work')), {
    execArgv: [],
    env: environment(),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  // What is not waited for is of no interest.
  worker.on('error', () => {})
  worker.on('exit', () => forget(worker))
  return worker
}

/** In a checkout modules are TypeScript, in the package they are not. */
const beside = (near: string, module: string) => new URL(`${module}${extname(near)}`, near).href

/** What says where fonts and libraries are. */
const environment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(HOME|LANG|LD_LIBRARY_PATH|(LC|XDG|FONTCONFIG)_\w+)$/.test(name),
    ),
  )

/** Only work keeps Node from ending. */
function held(worker: ChildProcess, isHeld: boolean) {
  const way = isHeld ? 'ref' : 'unref'
  worker[way]()
  worker.channel?.[way]()
}

function rest(worker: ChildProcess) {
  held(worker, false)
  idle.push(worker)
  setTimeout(() => forget(worker) && worker.kill('SIGKILL'), idleMs).unref()
}

function forget(worker: ChildProcess): boolean {
  const place = idle.indexOf(worker)
  if (place >= 0) idle.splice(place, 1)
  return place >= 0
}
