import { setImmediate } from 'node:timers/promises'
import { privateKeyIn } from '../output/lineage/signature.ts'
import { realClock } from '../pipeline/ask/clock.ts'
import type { Settings } from '../pipeline/config.ts'
import { type Deadline, openDeadline } from '../pipeline/deadline.ts'
import { type Opening, openRun } from '../pipeline/jobs/open-run.ts'
import type { Listener } from '../pipeline/progress.ts'
import type { Run } from '../pipeline/run.ts'
import { machineFault } from '../schemas/machine-fault.ts'
import { StoreError } from '../store/errors.ts'
import { demandDescriptors } from './descriptors.ts'
import { explain } from './exit.ts'
import type { ExitStatus } from './exits.ts'
import { guarded, straggler } from './guarded.ts'
import { cutOff, cutOffBySignal, stopSignals } from './interrupts.ts'
import { jsonLine } from './lines/json-line.ts'
import { loadConfig } from './load.ts'
import { headOf } from './scheduled/head.ts'
import type { Dataset, Head } from './scheduled/lines.ts'
import { writeMetrics } from './scheduled/metrics.ts'
import { type GivenTimes, mayLieThere, readTimes } from './scheduled/times.ts'
import { display } from './watching/display.ts'
import { keepStatus } from './watching/status-file.ts'
import { openTally, type Tally } from './watching/tally.ts'

export interface Format {
  json?: boolean
}

export interface WorkOptions extends Format {
  allowEmpty?: boolean | undefined
  acceptDrift?: boolean | undefined
  /** Path of a private key to sign the export with. */
  sign?: string | undefined
}

export interface Opened
  extends WorkOptions,
    GivenTimes,
    Pick<Opening, 'asks' | 'refresh' | 'leads' | 'bring'> {
  frozen?: boolean | undefined
  newest?: boolean | undefined
}

/** What work came to. */
export interface WorkResult {
  status: ExitStatus
  /** What the result line has beside its head. */
  result: Partial<Dataset> & object
  /** The same for a person. */
  text: string
  /** Lines that are said beside it. */
  asides?: string[]
}

type Work = (run: Run, pause: () => void) => Promise<WorkResult>

/** The path of a config, or what makes one as kindling uses it. */
export type Given = string | ((listen: Listener) => Promise<Settings>)

/** Open the run of a config for some work, which a signal stops. It is to `pause` the progress before it prints. */
export async function onRun(given: Given, options: Opened, work: Work): Promise<void> {
  const tally = openTally(realClock)
  const job: Job = { options, work, tally }
  const about = () => ({
    ...(job.name !== undefined && { name: job.name }),
    usd: job.spending?.usd() ?? null,
  })
  await guarded(() => untilStopped(signal => doJob(given, job, signal)), about)
  const { metrics } = options
  if (metrics !== undefined && mayLieThere(metrics)) {
    const usdNow = job.spending?.usdNow() ?? null
    const ended = { ...about(), usdNow, status: Number(process.exitCode ?? 0), ...job.line }
    await guarded(() => writeMetrics(metrics, ended))
  }
}

/** A job, with what becomes known of it. */
interface Job {
  options: Opened
  work: Work
  tally: Tally
  name?: string
  /** Asked when the job has ended: what was told of its progress is older. */
  spending?: Run['spending']
  line?: Head & Partial<Dataset>
}

async function doJob(given: Given, job: Job, signal: AbortSignal) {
  const { tally } = job
  const {
    json = false,
    frozen,
    allowEmpty,
    acceptDrift,
    newest,
    sign,
    asks,
    refresh,
    leads,
    bring,
  } = job.options
  const { slot, wait, deadlineMs, maxCostUsd } = readTimes(job.options)
  demandDescriptors()
  // A key that is no good is refused before anything is opened.
  if (sign !== undefined) privateKeyIn(sign)
  using listen = display({ json, tally })
  using deadline = deadlineMs === undefined ? undefined : openDeadline(deadlineMs, realClock)
  endAfter(deadline)
  const config = await (typeof given === 'string' ? loadConfig(given, listen) : given(listen))
  job.name = config.name
  const allowed = { ...(allowEmpty && { allowEmpty }), ...(acceptDrift && { acceptDrift }) }
  const options = { ...(frozen && { frozen }), ...allowed, newest, maxCostUsd }
  await placed(config.folder, async () => {
    const opening = { asks, refresh, leads, bring, slot, wait, deadline, listen, signal }
    await using run = await openRun({ ...config, ...options }, opening)
    job.spending = run.spending
    await using status = keepStatus(run.config.folder, process.argv.slice(2), { tally, clock: realClock })
    await noted(settled(job, run, listen.pause), status, signal)
  }).catch(error => {
    deadline?.cut.throwIfAborted()
    throw error
  })
}

/** Do a job's work and print what came of it. */
async function settled(job: Job, run: Run, pause: () => void) {
  const { status, result, text, asides = [] } = await job.work(run, pause)
  pause()
  job.line = { ...(await headOf(run, status)), ...result }
  console.log(job.options.json ? jsonLine(job.line) : text)
  for (const aside of asides) console.error(aside)
  process.exitCode = status
}

/** Milliseconds that work has to end by itself when it is cut off after a deadline. */
const toEnd = 5000

function endAfter(deadline: Deadline | undefined) {
  const end = () => {
    const { text, exit } = explain(deadline?.cut.reason)
    setTimeout(() => cutOff({ text, exit }), toEnd).unref()
  }
  deadline?.cut.addEventListener('abort', end)
}

/** A fault of the machine that names no place happened in the run's folder, or for the run there. */
async function placed(folder: string, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Error) || !machineFault(error) || 'path' in error) throw error
    throw new StoreError(`${folder}: ${error.message}`, { cause: error })
  }
}

/** Wait for work, and put down how it ended. */
async function noted(work: Promise<void>, { end }: ReturnType<typeof keepStatus>, signal: AbortSignal) {
  try {
    await work
    end(Number(process.exitCode ?? 0), '')
  } catch (error) {
    await straggler(signal)
    const { exit, text } = explain(signal.aborted ? signal.reason : error)
    end(exit, text)
    throw error
  }
}

/**
 * Milliseconds that work has to end by itself when it is to stop, and within which signals are one: a wrapper such as
 * npm hands on what the terminal has sent already.
 */
const grace = { toEnd: 800, together: 100 }

/**
 * Do work until it is done, or a signal stops it: then it rejects with AbortError, whatever the work made of that. A
 * second signal cuts the work off.
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  let first: number | undefined
  let cut: NodeJS.Timeout | undefined
  // Any number of signals may come at once, as where the event loop was busy: none of them may find nobody who listens.
  const interrupt = () => {
    first ??= performance.now()
    if (performance.now() - first > grace.together) cutOffBySignal()
    cut ??= setTimeout(cutOffBySignal, grace.toEnd)
    stop.abort()
  }
  for (const name of stopSignals) process.on(name, interrupt).off(name, cutOffBySignal)
  try {
    return await work(stop.signal)
  } finally {
    await setImmediate()
    for (const name of stopSignals) process.on(name, cutOffBySignal).off(name, interrupt)
    clearTimeout(cut)
    stop.signal.throwIfAborted()
  }
}
