import { hidingSecrets } from '../../checks/private/secrets-in.ts'
import { isAllowed } from '../../filters/not-failed.ts'
import type { ExportRow } from '../../output/export.ts'
import type { ReadSource } from '../../pipeline/taking/take-rollouts.ts'
import { type FactState, stateOf } from '../../schemas/measurement.ts'
import type { Fact, Trajectory } from '../../schemas/trajectory.ts'

/** A row in which something was found, as a person finds it again. */
export interface Example {
  /** File and row. */
  place: string
  id: string
  key: string
  detail: string
}

/** One kind of fault, and how many rows have it. */
export interface AuditFinding {
  /** What found it: a check, a selector, or `reading`. */
  by: string
  /** A stable snake_case code. */
  reason: string
  rows: number
  /** The first of them. */
  examples: Example[]
}

export interface CheckTold extends Record<FactState, number> {
  check: string
}

/** What an audit found in rollouts. */
export interface Audit {
  read: ReadSource[]
  rows: number
  kept: number
  /** Calls that ran again, of those that could be wished to. */
  calls: { ran: number; of: number }
  /** How many rows came to which verdict when they were run again. */
  verdicts: Record<string, number>
  checks: CheckTold[]
  /** What is wrong, the most frequent first. */
  faults: AuditFinding[]
  /** What is otherwise than in rows of kindling's own, which is no fault. */
  customs: AuditFinding[]
  /** What nobody can tell of rows that hold too little. */
  untold: AuditFinding[]
  /** What its files do not hold, which is no fault of a row by itself. */
  lacks: AuditFinding[]
}

const mostExamples = 3

/** Count what was decided of every row of a run that was read in; what is `allowed` is no fault. */
export async function auditOf(
  rows: AsyncIterable<ExportRow>,
  { read, allowed }: { read: ReadSource[]; allowed: readonly string[] },
): Promise<Audit> {
  const faults = openFindings()
  const customs = openFindings()
  const untold = openFindings()
  const lacks = openFindings()
  const checks = new Map<string, CheckTold>()
  const verdicts: Record<string, number> = {}
  const audit = { read, rows: 0, kept: 0, calls: { ran: 0, of: 0 }, verdicts }
  for await (const { measured, verdict } of rows) {
    const { trajectory, facts } = measured
    audit.rows++
    if (verdict.keep) audit.kept++
    else if (!facts.some(({ check }) => check === verdict.by))
      faults.add(verdict.stage, verdict.reason, { trajectory, detail: verdict.detail })
    for (const fact of facts) {
      count(checks, fact)
      const failed = isAllowed(fact, allowed) ? customs : faults
      const found = { failed, could_not_tell: untold, passed: undefined }[stateOf(fact)]
      found?.add(fact.check, fact.reason, { trajectory, detail: fact.detail })
    }
    for (const lack of trajectory.origin?.lacks ?? []) lacks.add('reading', lack, { trajectory, detail: '' })
    const rerun = trajectory.origin?.rerun
    if (!rerun) continue
    audit.calls.ran += rerun.ran
    audit.calls.of += rerun.of
    verdicts[rerun.verdict] = (verdicts[rerun.verdict] ?? 0) + 1
  }
  for (const { faults: unread, unread: rows } of read) faults.addUnread(unread, rows)
  return {
    ...audit,
    checks: [...checks.values()],
    faults: faults.all(),
    customs: customs.all(),
    untold: oncePerRow(untold.all()),
    lacks: lacks.all(),
  }
}

function count(checks: Map<string, CheckTold>, fact: Fact): void {
  const counts = checks.get(fact.check) ?? { check: fact.check, passed: 0, failed: 0, could_not_tell: 0 }
  counts[stateOf(fact)]++
  checks.set(fact.check, counts)
}

/** A row of which something was found, and in which words. */
interface Found {
  trajectory: Trajectory
  detail: string
}

const placeOf = ({ origin, task }: Trajectory) => (origin ? `${origin.file}:${origin.row}` : task.id)

const exampleOf = ({ trajectory, detail }: Found): Example => ({
  place: placeOf(trajectory),
  id: trajectory.task.id,
  key: trajectory.key,
  detail: hidingSecrets(detail),
})

/** Rows are decided in another order than they stand in their files. */
const { compare: byPlace } = new Intl.Collator('en', { numeric: true })

/** One thing that is not there keeps several checks from telling: they are told in a line, and not in one each. */
function oncePerRow(findings: readonly AuditFinding[]): AuditFinding[] {
  const first = new Map<string, AuditFinding>()
  for (const each of findings) {
    const same = JSON.stringify([each.reason, each.rows, each.examples])
    const known = first.get(same)
    first.set(same, known ? { ...known, by: `${known.by}, ${each.by}` } : each)
  }
  return [...first.values()]
}

/** Findings by what found them and why, each with its first rows. */
function openFindings() {
  const found = new Map<string, AuditFinding>()
  const at = (by: string, reason: string) => {
    const name = `${by} ${reason}`
    const finding = found.get(name) ?? { by, reason, rows: 0, examples: [] }
    found.set(name, finding)
    return finding
  }
  return {
    add(by: string, reason: string, row: Found) {
      const finding = at(by, reason)
      finding.rows++
      const last = finding.examples.at(mostExamples - 1)
      if (last && byPlace(placeOf(row.trajectory), last.place) >= 0) return
      finding.examples.push(exampleOf(row))
      finding.examples.sort((a, b) => byPlace(a.place, b.place)).splice(mostExamples)
    },
    addUnread(unread: ReadSource['faults'], rows: number) {
      if (rows === 0) return
      const finding = at('reading', 'unread_row')
      finding.rows += rows
      for (const { place, problem } of unread.slice(0, mostExamples))
        finding.examples.push({ place, id: '', key: '', detail: problem })
    },
    all: () => [...found.values()].sort((a, b) => b.rows - a.rows),
  }
}
