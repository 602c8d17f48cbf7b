import type { Check, CheckContext } from '../../checks/check.ts'
import type { Measured } from '../../filters/filter.ts'
import { profileOf } from '../../rollouts/profiles.ts'
import { restarting } from '../../sandbox/restarting-session.ts'
import type { Session } from '../../sandbox/sandbox.ts'
import { blaming } from '../../schemas/blame.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import { readFor } from '../../store/errors.ts'
import { writesUnderWay } from '../../store/writes-under-way.ts'
import type { Models } from '../../teachers/teacher.ts'
import { recalling } from '../ask/service-answers.ts'
import { UsedUp } from '../errors.ts'
import { handOut } from '../leading/hand-out.ts'
import { type Plan, type Planned, planned } from '../plan.ts'
import { keepOrNull, sessionOptions } from '../rollout/tool-contexts.ts'
import { unleaked } from '../rollout/unleaked.ts'
import type { Run } from '../run.ts'
import { type Came, openStage } from '../stage.ts'
import { type FactKeys, factKeys, noteSources } from './check-sources.ts'
import { type Unmeasured, unmeasured } from './left-open.ts'
import { newVersions } from './new-version.ts'
import { factsOf } from './rollout-facts.ts'
import { settled } from './settled.ts'
import { type Silences, silences } from './silence.ts'

/** Facts that wait to be written. */
const mostWritten = 2048

/**
 * Measure every fact that is not known yet. A check of another version or with other options gives another fact. If a
 * model's provider failed, or nobody may be asked, the fact stays unknown and a warning says so. What is to be done of
 * each row that is measured whole is done `then`.
 */
export async function verify(plan: Plan, run: Run, then?: Then): Promise<void> {
  const writes = writesUnderWay(mostWritten)
  // What is to be done of a row reads its facts.
  await using measuring = await openMeasuring(run, then, then ? undefined : writes.add)
  const stage = openStage(run, 'verify', plan.total)
  const whole = await settled(plan, run)
  if (await whole.isKnown()) return stage.already()
  let open = 0

  async function work(item: Planned, run: Run): Promise<Came> {
    const { came, isOpen } = await measuring.work(item, run)
    if (isOpen) open++
    return came
  }

  if (run.leader) open = await handOutUnmeasured(plan, run, measuring, stage.count)
  else await stage.each(planned(plan, run), work).finally(measuring.tell)
  await writes.end()
  if (open === 0 && plan.within === undefined) await whole.note()
}

/** Workers measure what is not measured yet. Gives how many rollouts are then not solved, or not measured whole. */
async function handOutUnmeasured(
  plan: Plan,
  run: Run,
  { stateOf }: OpenMeasuring,
  count: (came: Came) => void,
): Promise<number> {
  let [open, failed] = [0, 0]
  async function* unmeasured() {
    for await (const item of planned(plan, run)) {
      const state = await stateOf(item)
      if (state === 'unsolved') open++
      if (state === 'unmeasured') yield item
      else count(state === 'measured' ? 'already' : 'needless')
    }
  }
  const checks = run.config.checks.map(({ name }) => name)
  const part = { stage: 'verify', plan: plan.id, total: plan.total, checks } as const
  await handOut(unmeasured(), part, run, ({ came }) => {
    for (const each of came) count(each)
    failed += came.filter(each => each === 'failed' || each === 'later').length
  })
  const message = `${failed} rollouts could not be measured whole, and workers say why; filters drop them as unchecked until they are`
  if (failed > 0) run.listen({ kind: 'warning', message })
  return open + failed
}

export type OpenMeasuring = Awaited<ReturnType<typeof openMeasuring>>

/** Work on a row that is measured whole. */
export type Then = (row: Measured, signal: AbortSignal) => Promise<void>

/**
 * Measures one rollout after the other. `tell` says what could not be measured. It goes on as `wrote` says when a fact
 * that cost nothing is put; with its default, when it is durable.
 */
export async function openMeasuring(
  run: Run,
  then?: Then,
  wrote: (put: Promise<unknown>) => Promise<unknown> = put => put,
) {
  const { store, config } = run
  const models = run.models(config.checks)
  const analysis = restarting(config.sandbox, async () => ({ files: {}, prelude: '', seed: 0 }))
  const silent = silences()
  const beforeNew = newVersions(run.listen)
  const missing = unmeasured('fact', 'measured', 'filters drop their rows as unchecked until they are')
  await noteSources(config.checks, store, run.listen)
  const keyOf = await factKeys(config.checks, store)
  const trajectoryOf = ({ key }: Planned) => store.get<Trajectory>('trajectories', key)

  async function hasAll({ key }: Planned): Promise<boolean> {
    for (const check of config.checks)
      if ((await store.get('facts', keyOf(key, check))) === undefined) return false
    return true
  }

  const rowOf = async (trajectory: Trajectory): Promise<Measured> => ({
    trajectory,
    facts: await factsOf(trajectory.key, config.checks, store, keyOf),
  })

  return {
    async work(item: Planned, run: Run): Promise<{ came: Came; isOpen: boolean }> {
      const trajectory = await trajectoryOf(item)
      const kind = trajectory?.outcome.kind ?? 'failed'
      // A rollout without an answer is dropped for that, so it is not measured.
      if (trajectory?.outcome.kind !== 'answered') return { came: 'needless', isOpen: kind === 'failed' }
      const context = checkContext(run, analysis, models)
      const came = await measureAll(trajectory, { run, keyOf, context, missing, silent, beforeNew, wrote })
      if (came !== 'failed' && then) await then(await rowOf(trajectory), run.signal)
      return { came, isOpen: came === 'failed' }
    },
    /** What is there of a rollout. */
    async stateOf(item: Planned): Promise<'unsolved' | 'unanswered' | 'unmeasured' | 'measured'> {
      if (config.checks.length > 0 && (await hasAll(item))) return 'measured'
      const kind = (await trajectoryOf(item))?.outcome.kind ?? 'failed'
      if (kind === 'failed') return 'unsolved'
      return kind === 'answered' ? 'unmeasured' : 'unanswered'
    },
    tell() {
      missing.tell(run.listen)
      silent.tell(run.listen)
    },
    [Symbol.asyncDispose]: () => analysis[Symbol.asyncDispose](),
  }
}

interface Measuring {
  run: Run
  keyOf: FactKeys
  context: CheckContext
  missing: Unmeasured
  silent: Silences
  beforeNew: ReturnType<typeof newVersions>
  wrote(put: Promise<unknown>): Promise<unknown>
}

/** Every check goes on to its end, whatever becomes of the others. */
async function measureAll(trajectory: Trajectory, measuring: Measuring): Promise<Came> {
  const { run, missing } = measuring
  const { checks } = run.config
  const known = new Set<string>()
  for await (const { key } of run.store.scan('facts', `${trajectory.key}/`)) known.add(key)
  const results = await Promise.allSettled(
    checks.map(check => measure(check, trajectory, { ...measuring, known })),
  )
  let refused: UsedUp | undefined
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue
    if (result.reason instanceof UsedUp) refused = result.reason
    else missing.add(checks[index]?.name ?? '', trajectory.task.id, result.reason)
  }
  if (refused) throw refused
  const came = results.map(result => (result.status === 'fulfilled' ? result.value : 'failed'))
  return came.find(each => each === 'failed') ?? came.find(each => each === 'new') ?? 'already'
}

function checkContext(run: Run, analysis: Session, models: Models): CheckContext {
  const { config, store, signal, generation } = run
  return {
    sandbox: config.sandbox,
    tools: config.tools,
    sessionOptions: trajectory =>
      sessionOptions(
        imagesIn(trajectory.question),
        store,
        profileOf(trajectory.origin?.profile ?? 'kindling'),
      ),
    analysis: async () => analysis,
    keep: bytes => keepOrNull(store, bytes),
    bytes: image => store.getBlob(image.sha256),
    recall: recalling(store, generation),
    guarded: (consult, { task }) =>
      config.leaks ? unleaked(consult, config.leaks.judge(task), []) : consult,
    models,
    signal,
  }
}

async function measure(
  check: Check,
  trajectory: Trajectory,
  {
    run: { store },
    keyOf,
    context,
    silent,
    beforeNew,
    known,
    wrote,
  }: Measuring & { known: ReadonlySet<string> },
): Promise<Came> {
  const key = keyOf(trajectory.key, check)
  if (known.has(key)) return 'already'
  beforeNew(known, trajectory.key, check)
  const { name, measure } = check
  const task = trajectory.task.id
  const measurement = await blaming({ kind: 'check', name, method: measure, task }, () =>
    readFor(task, check.measure(trajectory, context)),
  )
  silent.note(name, measurement.data)
  const put = store.put<Fact>('facts', key, { check: check.name, version: check.version, ...measurement })
  await ((check.models ?? []).length > 0 ? put : wrote(put))
  return 'new'
}
