import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Measured } from '../../filters/filter.ts'
import { type FilterOrSelector, isSelector, type Selector } from '../../filters/selector.ts'
import type { ExportRow } from '../../output/export.ts'
import { blamingEach } from '../../schemas/blame.ts'
import { sha256 } from '../../schemas/hash.ts'
import { draftInPlace, textInPlace } from '../../store/file-in-place.ts'
import { type ExtensionOf, extending } from '../../tasks/task-list.ts'
import { rolloutOf } from '../compare/alignment.ts'
import { interruptible } from '../interruptible.ts'
import type { Plan } from '../plan.ts'
import type { Run } from '../run.ts'
import { openStage } from '../stage.ts'
import { type DecisionTable, openDecisionTable } from './decision-table.ts'
import { type Decided, decisionsPath, inputsPath, notesPath, sumLine, sumPath } from './decisions.ts'
import { labelFit } from './label-fit.ts'
import { measured } from './measured-rows.ts'
import { dropBy, judgeOf, type RowJudge } from './row-judge.ts'
import { identicalSiblings } from './siblings.ts'

/**
 * Decide about every trajectory and write the decisions down. Free and repeatable: it asks no model. Gives a hash of
 * the decided rows with all that they say.
 */
export async function writeDecisions(plan: Plan, run: Run): Promise<string> {
  const { folder } = run.config
  for (const message of await identicalSiblings(plan, run)) run.listen({ kind: 'warning', message })
  await using decisions = await openDecisionTable(run)
  const path = decisionsPath(folder)
  const labels = labelFit(run.config.filters)
  const [sum, rows] = [createHash('sha256'), createHash('sha256')]
  await pipeline(
    Readable.from(
      summed(sum, lines(seen(decideIn(decisions, plan, run), labels), rows, await extending(run.store))),
    ),
    createWriteStream(`${path}.draft`, { flush: true }),
  )
  for (const message of labels.warnings()) run.listen({ kind: 'warning', message })
  const notes = [...(plan.notes ?? []), ...decisions.notes, ...labels.notes()]
  const beside = [
    [notesPath(folder), JSON.stringify(notes)],
    [inputsPath(folder), JSON.stringify(plan.inputs ?? null)],
  ] as const
  for (const [place, text] of beside) await textInPlace(place, text)
  const sums = beside.map(([place, text]) => sumLine(sha256(text), place))
  await textInPlace(sumPath(path), [sumLine(sum.digest('hex'), path), ...sums].join(''))
  await draftInPlace(`${path}.draft`, path)
  return rows.digest('hex')
}

async function* seen(decided: AsyncIterable<ExportRow>, { see }: ReturnType<typeof labelFit>) {
  for await (const row of decided) {
    see(row.measured.trajectory)
    yield row
  }
}

async function* summed(sum: Hash, texts: AsyncIterable<string>) {
  for await (const text of texts) {
    sum.update(text)
    yield text
  }
}

async function* lines(decided: AsyncIterable<ExportRow>, rows: Hash, extensionOf: ExtensionOf) {
  for await (const { measured, verdict } of decided) {
    const { trajectory, facts } = measured
    const { key, task } = trajectory
    const extension = await extensionOf(task)
    const line = JSON.stringify({
      ...{ key, decision: verdict, facts },
      ...(task.origin && { origin: task.origin }),
      source: task.source,
      rollout: rolloutOf(trajectory),
      ...(extension > 0 && { extension }),
    } satisfies Decided)
    rows.update(JSON.stringify(trajectory)).update(line)
    yield `${line}\n`
  }
}

/** Decide about every planned trajectory that is there and wanted, in key order. */
export async function* decideAll(plan: Plan, run: Run): AsyncGenerator<ExportRow> {
  await using decisions = await openDecisionTable(run)
  yield* decideIn(decisions, plan, run)
}

/** One pass over all rows up to each selector, which sees what was kept until there, and a last one to the end. */
async function* decideIn(decisions: DecisionTable, plan: Plan, run: Run): AsyncGenerator<ExportRow> {
  let steps: readonly FilterOrSelector[] = run.config.filters
  const passes = steps.filter(isSelector).length + 1
  const stage = openStage(run, 'curate', plan.total * passes)
  for (let at = steps.findIndex(isSelector); at >= 0; at = steps.findIndex(isSelector)) {
    const judge = judgeOf(steps.slice(0, at), decisions.overrules)
    const rows = stage.through(measured(plan, run))
    await selectFrom(remaining(rows, judge, decisions), steps[at] as Selector, decisions)
    steps = steps.slice(at + 1)
  }
  const judge = judgeOf(steps, decisions.overrules)
  for await (const row of stage.through(measured(plan, run))) {
    const { key } = row.trajectory
    const decision = decisions.decided(key) ?? judge(row)
    const rescued = decisions.overruled(key)
    yield { measured: row, verdict: rescued.length > 0 ? { ...decision, rescued } : decision }
  }
}

/** The rows that nothing has dropped so far; what `judge` drops is put down. */
async function* remaining(rows: AsyncIterable<Measured>, judge: RowJudge, decisions: DecisionTable) {
  for await (const row of rows) {
    const { key } = row.trajectory
    if (decisions.decided(key)) continue
    const decision = judge(row)
    if (decision.keep) yield row
    else decisions.decide(key, decision)
  }
}

async function selectFrom(rows: AsyncGenerator<Measured>, selector: Selector, decisions: DecisionTable) {
  await using workspace = await decisions.workspace(selector.name)
  // A selector that stops reading must not end the rows: all of them are to be judged.
  const handed = { [Symbol.asyncIterator]: () => ({ next: () => rows.next() }) }
  const culprit = { kind: 'selector', name: selector.name, method: selector.select } as const
  const rejections = blamingEach(culprit, () => selector.select(handed, workspace))
  for await (const { key, ...objection } of interruptible(rejections, workspace.signal)) {
    const drop = dropBy(selector.name, objection)
    if (!decisions.overrules(key, drop)) decisions.decide(key, { keep: false, ...drop })
  }
  for await (const _ of rows);
}
