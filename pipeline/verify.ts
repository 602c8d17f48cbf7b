import type { Check, CheckContext } from '../filters/check.ts'
import type { Models } from '../filters/models.ts'
import { restarting } from '../sandbox/restarting.ts'
import type { Session } from '../sandbox/sandbox.ts'
import { hashOf } from '../schemas/hash.ts'
import type { Task } from '../schemas/task.ts'
import type { Fact, Trajectory } from '../schemas/trajectory.ts'
import type { Store } from '../store/store.ts'
import { eachConcurrent } from './concurrent.ts'
import type { Settings } from './config.ts'
import { openModels } from './models.ts'
import { type Plan, planned } from './plan.ts'
import type { Listener } from './progress.ts'
import { type OpenSolver, openSolver } from './solver.ts'
import { imagesIn, keepOrNull, sessionOptions } from './workbench.ts'

/** Measure every fact that is not known yet. A check of another version or with other options is another fact. */
export async function verify(
  plan: Plan,
  config: Settings,
  store: Store,
  listen: Listener,
  signal: AbortSignal,
  open: OpenSolver = openSolver,
) {
  const asks = config.checks.some(({ models = [] }) => models.length > 0)
  const models = asks ? openModels(await open(config, store, listen)) : noModels
  const analysis = restarting(config.sandbox, async () => ({ files: {}, prelude: '', seed: 0 }))
  let done = 0
  let already = 0
  listen({ kind: 'stage', stage: 'verify', total: plan.total })

  async function work({ key, task }: { key: string; task: Task }, signal: AbortSignal) {
    const began = performance.now()
    let took: { task: string; ms: number } | undefined
    const trajectory = await store.get<Trajectory>('trajectories', key)
    // What gave no answer is dropped for that alone.
    if (trajectory?.outcome.kind === 'answered') {
      const context = checkContext({ config, store, analysis, models }, signal)
      const measured = await Promise.all(
        config.checks.map(check => measure(check, trajectory, context, store)),
      )
      if (!measured.includes('new')) already++
      else took = { task: task.id, ms: Math.round(performance.now() - began) }
    }
    listen({ kind: 'done', stage: 'verify', done: ++done, already, total: plan.total, ...took })
  }

  try {
    await eachConcurrent(planned(plan, config, store), config.limits.concurrency, work, signal)
  } finally {
    await analysis[Symbol.asyncDispose]()
  }
}

/** Nothing is opened where nothing is asked. */
const noModels: Models = {
  ask: () => Promise.reject(new Error('a check asks models only where it names them')),
  attempt: () => Promise.reject(new Error('a check asks models only where it names them')),
}

interface Parts {
  config: Settings
  store: Store
  analysis: Session
  models: Models
}

const checkContext = ({ config, store, analysis, models }: Parts, signal: AbortSignal): CheckContext => ({
  sandbox: config.sandbox,
  tools: config.tools,
  sessionOptions: trajectory => sessionOptions(imagesIn(trajectory.question), store),
  analysis: async () => analysis,
  keep: bytes => keepOrNull(store, bytes),
  bytes: image => store.getBlob(image.sha256),
  models,
  signal,
})

async function measure(check: Check, trajectory: Trajectory, context: CheckContext, store: Store) {
  const key = factKey(trajectory.key, check)
  if ((await store.get('facts', key)) !== undefined) return 'known'
  const measurement = await check.measure(trajectory, context)
  await store.put<Fact>('facts', key, { check: check.name, version: check.version, ...measurement })
  return 'new'
}

const factKey = (rollout: string, { name, version, options }: Check) =>
  `${rollout}/${name}@${version}-${hashOf(options).slice(0, 8)}`

/** What the config's checks have measured about a rollout. */
export async function factsOf(key: string, checks: readonly Check[], store: Store): Promise<Fact[]> {
  const facts = await Promise.all(checks.map(check => store.get<Fact>('facts', factKey(key, check))))
  return facts.filter(fact => fact !== undefined)
}
