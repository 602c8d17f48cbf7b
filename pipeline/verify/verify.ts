import type { Check, CheckContext } from '../../checks/check.ts'
import { restarting } from '../../sandbox/restarting.ts'
import type { Session } from '../../sandbox/sandbox.ts'
import { imagesIn, type Task } from '../../schemas/task.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import type { Models } from '../../teachers/models.ts'
import { recalling } from '../ask/service-answers.ts'
import type { Settings } from '../config.ts'
import { generationOf } from '../generation.ts'
import { type Plan, planned } from '../plan.ts'
import type { Listener } from '../progress.ts'
import { unleaked } from '../rollout/leaks.ts'
import { type OpenSolver, openSolver } from '../rollout/solver.ts'
import { keepOrNull, sessionOptions } from '../rollout/tool-context.ts'
import { eachAffordable } from '../spend/affordable.ts'
import { BudgetError } from '../spend/purse.ts'
import { type Unmeasured, unmeasured } from './left-open.ts'
import { noModels, openModels } from './models.ts'
import { type FactKeys, factKeys, noteSources } from './sources.ts'

/**
 * Measure every fact that is not known yet. A check of another version or with other options is another fact. A fact that
 * cannot be had because a model's provider failed, or nobody may be asked, stays unknown, and a warning says so.
 */
export async function verify(
  plan: Plan,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  open: OpenSolver = openSolver,
) {
  const solver = asksModels(config) ? await open(config, store, listen) : undefined
  const models = solver ? openModels(solver) : noModels
  const recall = recalling(store, await generationOf(store))
  const analysis = restarting(config.sandbox, async () => ({ files: {}, prelude: '', seed: 0 }))
  const missing = unmeasured('fact', 'measured', 'filters drop their rows as unchecked until they are')
  await noteSources(config.checks, store, listen)
  const keyOf = await factKeys(config.checks, store)
  let done = 0
  let already = 0
  listen({ kind: 'stage', stage: 'verify', total: plan.total })

  async function work({ key, task }: { key: string; task: Task }, signal: AbortSignal) {
    const began = performance.now()
    let took: { task: string; ms: number } | undefined
    const trajectory = await store.get<Trajectory>('trajectories', key)
    // What gave no answer is dropped for that alone.
    if (trajectory?.outcome.kind === 'answered') {
      const context = checkContext({ config, store, analysis, models, recall }, signal)
      if (!(await measureAll(trajectory, { config, store, keyOf, context, missing }))) already++
      else took = { task: task.id, ms: Math.round(performance.now() - began) }
    }
    const usd = solver && { usd: solver.spending.usd() }
    listen({ kind: 'done', stage: 'verify', done: ++done, already, total: plan.total, ...usd, ...took })
  }

  try {
    await eachAffordable(planned(plan, config, store), config.limits.concurrency, work, signal)
  } finally {
    await analysis[Symbol.asyncDispose]()
    const message = missing.summary()
    if (message !== undefined) listen({ kind: 'warning', message })
  }
}

const asksModels = ({ checks }: Settings) => checks.some(({ models = [] }) => models.length > 0)

interface Measuring {
  config: Settings
  store: Store
  keyOf: FactKeys
  context: CheckContext
  missing: Unmeasured
}

/** Every check goes on to its end, whatever becomes of the others. Says whether any fact was not known before. */
async function measureAll(trajectory: Trajectory, { config, store, keyOf, context, missing }: Measuring) {
  const results = await Promise.allSettled(
    config.checks.map(check => measure(check, trajectory, { keyOf, context, store })),
  )
  let refused: BudgetError | undefined
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue
    if (result.reason instanceof BudgetError) refused = result.reason
    else missing.add(config.checks[index]?.name ?? '', trajectory.task.id, result.reason)
  }
  if (refused) throw refused
  return results.some(result => result.status === 'rejected' || result.value === 'new')
}

interface Parts {
  config: Settings
  store: Store
  analysis: Session
  models: Models
  recall: CheckContext['recall']
}

const checkContext = (
  { config, store, analysis, models, recall }: Parts,
  signal: AbortSignal,
): CheckContext => ({
  sandbox: config.sandbox,
  tools: config.tools,
  sessionOptions: trajectory => sessionOptions(imagesIn(trajectory.question), store),
  analysis: async () => analysis,
  keep: bytes => keepOrNull(store, bytes),
  bytes: image => store.getBlob(image.sha256),
  recall,
  guarded: (consult, { task }) => (config.leaks ? unleaked(consult, config.leaks.judge(task), []) : consult),
  models,
  signal,
})

async function measure(
  check: Check,
  trajectory: Trajectory,
  { keyOf, context, store }: Pick<Measuring, 'keyOf' | 'context' | 'store'>,
) {
  const key = keyOf(trajectory.key, check)
  if ((await store.get('facts', key)) !== undefined) return 'known'
  const measurement = await check.measure(trajectory, context)
  await store.put<Fact>('facts', key, { check: check.name, version: check.version, ...measurement })
  return 'new'
}

/** What the config's checks have measured about a rollout. */
export async function factsOf(
  key: string,
  checks: readonly Check[],
  store: Store,
  keyOf: FactKeys,
): Promise<Fact[]> {
  const facts = await Promise.all(checks.map(check => store.get<Fact>('facts', keyOf(key, check))))
  return facts.filter(fact => fact !== undefined)
}
