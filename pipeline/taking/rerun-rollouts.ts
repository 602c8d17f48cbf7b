import { difference } from '../../checks/rerun/rerun-difference.ts'
import { profileOf } from '../../rollouts/profiles.ts'
import { type CellAgreement, compareCell } from '../../rollouts/rerun.ts'
import { parseJson } from '../../schemas/json.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Observation, Rerun, RolloutOrigin, ToolCall, Trajectory } from '../../schemas/trajectory.ts'
import type { Settings } from '../config.ts'
import { type Plan, type Planned, planned } from '../plan.ts'
import { observeOn, openToolContexts, type ToolContexts } from '../rollout/tool-contexts.ts'
import type { Run } from '../run.ts'
import { type Came, openStage } from '../stage.ts'

/**
 * Make the calls of code again of every rollout that was made elsewhere, from what its row shows. Where words and
 * pixels are the same, the record that the row does not hold is made anew, so that checks have something to look at.
 */
export async function rerunRollouts(plan: Plan, run: Run): Promise<void> {
  if (!plan.brought) return
  const { teachers } = run.config
  const within = (item: Planned) => !teachers.includes(item.teacher) && (plan.within?.(item) ?? true)
  const stage = openStage(run, 'rerun', plan.brought)
  await stage.each(planned({ ...plan, within }, run), rerunOne)
}

async function rerunOne({ key }: Planned, run: Run): Promise<Came> {
  const { store } = run
  const trajectory = await store.get<Trajectory>('trajectories', key)
  if (!trajectory?.origin) return 'needless'
  if (trajectory.origin.rerun || isRecorded(trajectory)) return 'already'
  const done = await madeAgain({ ...trajectory, origin: trajectory.origin }, run)
  // A run that is killed in between takes the row in again.
  await store.delete('trajectories', key)
  await store.put('trajectories', key, done)
  return 'new'
}

/** A rollout that was made elsewhere as it is once all its calls are made again, where it has none. */
export function madeWithoutCalls(trajectory: Trajectory, config: Settings): Trajectory {
  const { origin } = trajectory
  if (!origin || stepsOf(trajectory, config).length > 0) return trajectory
  return { ...trajectory, origin: { ...origin, rerun: { ...openers('none'), ...countsOf([]) } } }
}

/** What kindling recorded is compared with its record. */
const isRecorded = ({ origin, turns }: Trajectory): boolean =>
  !origin?.lacks.includes('record') &&
  turns.some(({ observations }) => observations.some(({ data }) => data !== null))

type Brought = Trajectory & { origin: RolloutOrigin }

/** A call of code, and where what it showed stands. */
interface Step {
  /** From 1. */
  turn: number
  call: ToolCall
  shown: Observation
  isCode: boolean
}

async function madeAgain(trajectory: Brought, run: Run): Promise<Trajectory> {
  const steps = stepsOf(trajectory, run.config)
  const found = await compareAll(steps, trajectory, run)
  const turns = trajectory.turns.map(turn => ({
    ...turn,
    observations: turn.observations.map(seen => found.rebuilt.get(seen) ?? seen),
  }))
  return { ...trajectory, turns, origin: { ...trajectory.origin, rerun: found.rerun } }
}

const stepsOf = ({ turns }: Trajectory, { tools }: Settings): Step[] =>
  turns.flatMap(({ reply, observations }, turn) =>
    observations.flatMap((shown, index) => {
      const call = reply.calls[index]
      const isCode = tools.some(({ name, kind }) => name === call?.name && kind === 'code')
      return call ? [{ turn: turn + 1, call, shown, isCode }] : []
    }),
  )

interface Found {
  rerun: Rerun
  /** What was shown, by the record that was made anew of it. */
  rebuilt: Map<Observation, Observation>
}

type Verdict = Pick<Rerun, 'verdict' | 'cause' | 'detail'>

async function compareAll(steps: readonly Step[], trajectory: Brought, run: Run): Promise<Found> {
  const rebuilt: Found['rebuilt'] = new Map()
  const counts = countsOf(steps)
  const hindrance = hindranceOf(steps, trajectory, run)
  if (hindrance) return { rerun: { ...hindrance, ...counts }, rebuilt }
  let worst: Verdict = { verdict: 'same', cause: '', detail: '' }
  const first: Observation[] = []
  await using bench = benchOf(trajectory, run)
  for (const [at, step] of steps.entries()) {
    if (!step.isCode) {
      bench.show(step.shown.parts)
      continue
    }
    const now = await observeOn(bench, step.call, run)
    first.push(now)
    const agreed = await agreementOf(step.shown, first, trajectory, run)
    if (agreed.kind !== 'cannot_run') counts.ran++
    if ('pictures' in agreed) counts.pictures += agreed.pictures
    if (agreed.kind === 'same') rebuilt.set(step.shown, recordOf(step.shown, now))
    const found = await blamed(agreed, { steps: steps.slice(0, at + 1), first, trajectory, run })
    worst = worseOf(worst, { ...found, detail: found.detail && `turn ${step.turn}: ${found.detail}` })
    if (ends.has(worst.verdict)) break
  }
  return { rerun: { ...worst, ...counts, rebuilt: rebuilt.size }, rebuilt }
}

const countsOf = ({ length: of }: readonly Step[]) => ({ ran: 0, of, rebuilt: 0, pictures: 0 })

const openers = (verdict: Rerun['verdict'], cause = '', detail = ''): Verdict => ({ verdict, cause, detail })

/** What keeps all of it from being made again. */
function hindranceOf(steps: readonly Step[], { origin }: Brought, { config }: Run): Verdict | undefined {
  if (steps.length === 0) return openers('none')
  const names = [...new Set(steps.map(({ call }) => call.name))].join(', ').slice(0, 200)
  if (!config.tools.some(({ kind }) => kind === 'code'))
    return openers('cannot_run', 'no_code_tool', 'the run has no tool for code')
  if (!steps.some(({ isCode }) => isCode)) return openers('cannot_run', 'service_tool', `it calls ${names}`)
  if (origin.lacks.includes('pairing'))
    return openers('cannot_run', 'pairing_unknown', 'several calls have one result')
  return undefined
}

const benchOf = ({ question, origin }: Brought, { config, store, services }: Run): ToolContexts =>
  openToolContexts(question, {
    sandbox: config.sandbox,
    store,
    services,
    pictures: config.limits.pictures,
    profile: profileOf(origin.profile),
  })

/** `ran` is what the calls of code until this one gave, this one last. */
async function agreementOf(
  { parts: shown }: Observation,
  ran: readonly Observation[],
  { origin }: Brought,
  run: Run,
): Promise<CellAgreement> {
  const now = ran.at(-1)
  if (now?.data?.kind !== 'cell')
    return { kind: 'cannot_run', cause: 'bad_arguments', detail: now?.mistake?.message.slice(0, 200) ?? '' }
  const { names } = profileOf(origin.profile)
  const compared = {
    shown,
    now: { parts: now.parts, cell: now.data },
    pictureNames: Array.from({ length: 20 }, (_, k) => names(k + 1)).flat(),
    code: ran.map(({ data }) => (data?.kind === 'cell' ? data.code : '')).join('\n'),
    bytes: ({ sha256 }: { sha256: string }) => run.store.getBlob(sha256),
  }
  const agreed = await compareCell(compared)
  const lost = origin.lacks.find(each => /^(image_|remote_image)/.test(each))
  const isPictures =
    agreed.kind === 'environment_differs' && imagesIn(shown).length !== now.data.images.length
  return lost && isPictures ? { kind: 'cannot_run', cause: lost, detail: agreed.detail } : agreed
}

/** What was shown stays as it was; what code did stands beside it. */
const recordOf = (shown: Observation, now: Observation): Observation => ({
  ...shown,
  mistake: now.mistake,
  data: now.data?.kind === 'cell' ? { ...now.data, images: imagesIn(shown.parts) } : now.data,
})

interface Blaming {
  steps: readonly Step[]
  /** What the calls of code among the steps gave, the last of them to be blamed. */
  first: readonly Observation[]
  trajectory: Brought
  run: Run
}

/** Nothing is blamed that does otherwise here from run to run, or that another runner altered before it ran it. */
async function blamed(agreed: CellAgreement, blaming: Blaming): Promise<Verdict> {
  if (agreed.kind === 'same' || agreed.kind === 'alike') return openers(agreed.kind)
  if (agreed.kind === 'cannot_run') return openers(agreed.kind, agreed.cause, agreed.detail)
  const other = await secondRun(blaming)
  if (other !== null) return openers('not_repeatable', '', `it differs from run to run here: ${other}`)
  const { rewrites, name } = profileOf(blaming.trajectory.origin.profile)
  if (agreed.kind === 'differs' && (await rewrites(codesOf(blaming.steps))))
    return openers('rewritten', '', `${agreed.detail}; the runner of ${name} alters code before it runs it`)
  return openers(agreed.kind, '', agreed.detail)
}

const codesOf = (steps: readonly Step[]): string[] =>
  steps
    .filter(({ isCode }) => isCode)
    .map(({ call: { arguments: raw } }) => String(Object(parseJson(raw)).code ?? ''))

/** How a second run of the same cells differs from the first one, or null. */
async function secondRun({ steps, first, trajectory, run }: Blaming): Promise<string | null> {
  await using bench = benchOf(trajectory, run)
  let last: Observation | undefined
  for (const step of steps)
    if (step.isCode) last = await observeOn(bench, step.call, run)
    else bench.show(step.shown.parts)
  return difference(first.at(-1)?.data ?? null, last?.data ?? null)
}

/** The worst last. */
const order: Rerun['verdict'][] = [
  'none',
  'same',
  'alike',
  'environment_differs',
  'rewritten',
  'not_repeatable',
  'cannot_run',
  'differs',
]

/** Later cells rest on what this one did. */
const ends: ReadonlySet<Rerun['verdict']> = new Set(['differs', 'cannot_run', 'rewritten', 'not_repeatable'])

const worseOf = (one: Verdict, other: Verdict): Verdict =>
  order.indexOf(other.verdict) > order.indexOf(one.verdict) ? other : one
