import { table } from '../printed-table.ts'
import { harmless } from '../show.ts'
import type { Audit, AuditFinding, CheckTold } from './findings.ts'

/** What an audit says of itself: what was read, as what, and where its results lie. */
export interface AuditAbout {
  /** What was audited. */
  given: string
  /** How it was read, in a line. */
  readAs: string
  /** The run's folder. */
  folder: string
}

/** The whole of an audit for a terminal. */
export function printAudit(about: AuditAbout, audit: Audit): string {
  const parts = [
    [harmless(`${about.given}: ${about.readAs}`), harmless(summaryOf(audit))],
    ['checks', table([['check', 'passed', 'failed', 'could not be told'], ...audit.checks.map(checkRow)])],
    ...listed('what is wrong', audit.faults),
    ...listed('what is otherwise than in rows of kindling, and no fault', audit.customs),
    ...listed('what could not be told', audit.untold),
    ...listed('what its files do not hold', audit.lacks),
    [harmless(`report: ${about.folder}/audit.html; what is kept: ${about.folder}/export`)],
  ]
  return parts.map(lines => lines.join('\n')).join('\n\n')
}

/** What was read, run again and kept, in a line. It says of nothing that it is right which was not looked at. */
export function summaryOf({ rows, kept, read, calls, verdicts }: Audit): string {
  const unread = read.reduce((sum, each) => sum + each.unread, 0)
  const repeated = read.reduce((sum, each) => sum + each.repeated, 0)
  const told = Object.entries(verdicts).map(([verdict, count]) => `${verdict} ${count}`)
  return [
    `${rows} rows read, ${unread} not, ${repeated} said twice`,
    `${calls.ran} of ${calls.of} calls ran again${told.length > 0 ? ` (rows: ${told.join(', ')})` : ''}`,
    `${kept} rows without a fault that was found`,
  ].join('; ')
}

const checkRow = ({ check, ...counts }: CheckTold): string[] => [
  check,
  ...[counts.passed, counts.failed, counts.could_not_tell].map(String),
]

function listed(title: string, findings: readonly AuditFinding[]): string[][] {
  return findings.length === 0 ? [] : [[title, ...findings.map(findingLine)]]
}

function findingLine({ by, reason, rows, examples }: AuditFinding): string {
  const [first] = examples
  const detail = first?.detail ? `: ${first.detail.slice(0, 160)}` : ''
  const where = first ? `; first ${first.place}${detail}` : ''
  return harmless(`  ${by}: ${reason}  ${rows} ${rows === 1 ? 'row' : 'rows'}${where}`).replaceAll('\n', ' ')
}
