import type { ExportRow } from '../../output/export.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { alignment, type RolloutName, rolloutOf } from '../compare/alignment.ts'
import { type Flip, type FlipGroup, flipGroups } from '../compare/flip-groups.ts'
import { changesIn, fateOf, type RowVerdict, verdictMaker } from '../compare/verdicts.ts'
import { decideAll } from '../decide/decide.ts'
import { type Decided, decisionsIn, decisionsPath } from '../decide/decisions.ts'
import type { Run } from '../run.ts'
import { verify } from '../verify/verify.ts'
import { prepare } from './prepare.ts'

/** The comparison of a row's two decisions. `unknown` takes a model that was not asked yet. */
export type Compared = { kind: 'same' | 'new' | 'gone' } | ({ kind: 'flip' | 'unknown'; key: string } & Flip)

/** A row as it is decided now. */
interface Row extends RolloutName {
  key: string
  verdict: RowVerdict
}

/**
 * Compare what was decided with what the present checks, filters and selectors decide. Free checks are measured where
 * they are new, and neither decisions nor exports are written. `against` is a `decisions.jsonl`, the run's own by
 * default. Rows are the same where their keys are. These come first, in key order; others are the same where task,
 * teacher and sample are: they were asked otherwise, or in another generation.
 */
export async function* comparedRows(
  run: Run,
  against = decisionsPath(run.config.folder),
): AsyncGenerator<Compared> {
  const asides = openAsides(run.store)
  const before = decisionsIn(against)
  let old = await before.next()
  const plan = await prepare(run)
  await verify(plan, run)
  for await (const decided of decideAll(plan, run)) {
    const row = asides.rowOf(decided)
    for (; !old.done && old.value.key < row.key; old = await before.next()) await asides.addOld(old.value)
    if (old.done || old.value.key !== row.key) asides.fresh.push(row)
    else {
      yield compare(asides.verdictOf(old.value), row)
      old = await before.next()
    }
  }
  for (; !old.done; old = await before.next()) await asides.addOld(old.value)
  yield* asides.compared()
}

/** Rows whose key the other side does not have, until both were read to the end. */
function openAsides(store: Store) {
  const verdict = verdictMaker()
  const verdictOf = ({ decision, facts }: Pick<Decided, 'decision' | 'facts'>): RowVerdict =>
    verdict(fateOf(decision), !decision.keep && decision.undecided, facts)
  const olds = alignment<RowVerdict>()
  const fresh: Row[] = []
  let nameless = 0
  return {
    verdictOf,
    fresh,
    rowOf({ measured: { trajectory, facts }, verdict: decision }: ExportRow): Row {
      return { key: trajectory.key, ...rolloutOf(trajectory), verdict: verdictOf({ decision, facts }) }
    },
    async addOld(old: Decided) {
      const name = old.rollout ?? (await storedRollout(old.key, store))
      if (name) olds.put(name, verdictOf(old))
      else nameless++
    },
    *compared(): Generator<Compared> {
      for (const row of fresh) {
        const old = olds.take(row)
        yield old ? compare(old, row, { anew: true }) : { kind: 'new' }
      }
      for (const _ of olds.left()) yield { kind: 'gone' }
      for (; nameless > 0; nameless--) yield { kind: 'gone' }
    },
  }
}

/** Lines that an older kindling wrote do not say it; the store does, if they are of this run. */
async function storedRollout(key: string, store: Store): Promise<RolloutName | undefined> {
  const trajectory = await store.get<Trajectory>('trajectories', key)
  return trajectory && rolloutOf(trajectory)
}

function compare(
  before: RowVerdict,
  { key, task, verdict: now }: Row,
  asked: { anew?: true } = {},
): Compared {
  const [from, to] = [before.fate, now.fate]
  if (from === to) return { kind: 'same' }
  const kind = now.undecided ? 'unknown' : 'flip'
  return { kind, key, task, from, to, because: changesIn(before, now), ...asked }
}

/** What became of all rows that were compared. */
export interface FlipCounts {
  same: number
  new: number
  gone: number
  /** The most frequent first. */
  flips: FlipGroup[]
  unknown: FlipGroup[]
}

/** Count comparisons, one at a time. */
export function flipCounter(): { add(compared: Compared): void; counts(): FlipCounts } {
  const plain = { same: 0, new: 0, gone: 0 }
  const groups = { flip: flipGroups(), unknown: flipGroups() }
  return {
    add(compared) {
      if (compared.kind === 'flip' || compared.kind === 'unknown') groups[compared.kind].add(compared)
      else plain[compared.kind]++
    },
    counts: () => ({ ...plain, flips: groups.flip.counted(), unknown: groups.unknown.counted() }),
  }
}
