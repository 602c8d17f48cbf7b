import { realClock } from '../../pipeline/ask/clock.ts'
import { type Deadline, openDeadline } from '../../pipeline/deadline.ts'
import { DeadlineError } from '../../pipeline/errors.ts'
import { asAltered, type Bundle, openBundle } from '../../publish/bundle.ts'
import { bytesToSend, type Push } from '../../publish/destination.ts'
import { destinationOf } from '../../publish/destination-of.ts'
import type { Errand, PushNews } from '../../publish/errand.ts'
import { heldLicences, refusedLicences } from '../../publish/held-licences.ts'
import { mostTraces, tracesOf } from '../../publish/traces.ts'
import { InputError } from '../../schemas/input-error.ts'
import { usualRoutes } from '../../tasks/remote/web.ts'
import { guarded } from '../guarded.ts'
import { exportAt } from '../keeping/verify.ts'
import { jsonLine } from '../lines/json-line.ts'
import { resultLine } from '../scheduled/head.ts'
import { readTimes } from '../scheduled/times.ts'
import { newsLine, type PushResult, printPush } from './words.ts'

interface PushOptions {
  yes?: boolean
  allowLicence?: string[]
  /** Propose it as a pull request. */
  pr?: boolean
  /** Where a dataset has to be made, everybody may see it. */
  public?: boolean
  /** How many trajectories go as traces, too. */
  traces?: string
  deadline?: string
  json?: boolean
}

/** Say what a push would do, and do it if that is said. */
export const push = (to: string, given: string | undefined, options: PushOptions) =>
  guarded(async () => {
    const { deadlineMs } = readTimes({
      ...(options.deadline !== undefined && { deadline: options.deadline }),
    })
    using deadline = deadlineMs === undefined ? undefined : openDeadline(deadlineMs, realClock)
    const result = await pushing(to, given, options, errandOf(deadline, options.json ?? false)).catch(
      error => {
        throw error instanceof DeadlineError ? late() : error
      },
    )
    console.log(options.json ? resultLine(result) : printPush(result))
  })

async function pushing(
  to: string,
  given: string | undefined,
  { yes = false, allowLicence = [], pr = false, public: isPublic = false, traces }: PushOptions,
  errand: Errand,
): Promise<PushResult> {
  const count = traces === undefined ? 0 : tracesAsked(traces)
  const destination = destinationOf(to, { pr, public: isPublic, traces: count > 0 }, errand)
  const bundle = await withTraces(await openBundle(await exportAt(given)), count)
  const licences = await heldLicences(bundle)
  const refused = refusedLicences(licences, allowLicence)
  if (refused.length > 0) throw new InputError(refused)
  const push = await destination.compare(bundle)
  const pushed = yes && push.needed
  const at = pushed ? await carriedOut(push, bundle) : push.at
  return { to, export: aboutOf(bundle), pushed, at, ...told(push), licences }
}

function tracesAsked(given: string): number {
  const count = Number(given)
  if (Number.isSafeInteger(count) && count > 0 && count <= mostTraces) return count
  throw new InputError([`--traces ${given} is no whole number from 1 to ${mostTraces}; give such as 100`])
}

const withTraces = async (bundle: Bundle, count: number): Promise<Bundle> =>
  count === 0 ? bundle : { ...bundle, files: [...(await tracesOf(bundle, count)), ...bundle.files] }

const carriedOut = (push: Push, bundle: Bundle): Promise<string> =>
  push.carryOut().catch(error => {
    throw asAltered(error, bundle)
  })

const told = ({ needed, changes, notes }: Push) => ({
  needed,
  bytes: bytesToSend(changes),
  files: changes,
  notes,
})

const aboutOf = ({ folder, name, number, sha256 }: Bundle) => ({
  path: folder,
  name,
  number,
  manifest: sha256,
})

/** Milliseconds until a connection stands, and in which the other side says nothing: a commit may take minutes. */
const patience = { connect: 15_000, silence: 300_000 }

function errandOf(deadline: Deadline | undefined, json: boolean): Errand {
  const listen = (news: PushNews) => console.error(json ? jsonLine(news) : newsLine(news))
  return {
    routes: usualRoutes(undefined, patience),
    signal: deadline?.cut ?? new AbortController().signal,
    check: () => deadline?.check(),
    listen,
    wait: realClock.sleep,
  }
}

const late = () =>
  new DeadlineError(
    'the deadline has passed: what lay there is as it was, and what was sent is not sent again; ' +
      'the same command with a later one goes on from there',
  )
