import { table } from '../../cli/printed-table.ts'
import type { Case, Outcome, Recalled } from './recall.ts'

/** What was recalled, a line for each kind of fault and a column for each format; below it why what was not. */
export function recallTable(
  cases: readonly Case[],
  native: ReadonlyMap<string, string[]>,
  recalled: readonly Recalled[],
): string {
  const found = (each: Case) => (native.get(each.id) ?? []).length > 0
  const kinds = [...Map.groupBy(cases, ({ kind }) => kind)].flatMap(([kind, all]) =>
    kind === null ? [] : [{ kind, all, found: all.filter(found) }],
  )
  const good = cases.filter(each => each.kind === null && !found(each))
  const lines = kinds.map(({ kind, all, found }) => [
    kind,
    `${found.length}/${all.length}`,
    ...recalled.map(({ outcomes }) => cellOf(found.flatMap(({ id }) => outcomes.get(id) ?? []))),
  ])
  const dropped = recalled.map(({ falselyDropped }) => `${falselyDropped.size}/${good.length}`)
  return [
    table([
      ['fault', 'native', ...recalled.map(({ format }) => format)],
      ...lines,
      ['good rows, falsely dropped', `0/${good.length}`, ...dropped],
    ]),
    '',
    'n found; = its row says what the good one says; - the format has no words for it; ? it says that it cannot tell; ~ its row is noted to lack something; ! missed',
    ...recalled.flatMap(each => reasonsOf(each, cases)),
  ].join('\n')
}

const marks: Record<Outcome['kind'], string> = {
  found: '',
  not_held: '=',
  not_written: '-',
  untold: '?',
  lacking: '~',
  missed: '!',
}

/** How many are found, and of the others how many there are of each kind. */
function cellOf(outcomes: readonly Outcome[]): string {
  const counts = Map.groupBy(outcomes, ({ kind }) => kind)
  const others = Object.entries(marks).flatMap(([kind, mark]) => {
    const all = counts.get(kind as Outcome['kind'])?.length ?? 0
    return mark === '' || all === 0 ? [] : [`${all}${mark}`]
  })
  const all = counts.get('found')?.length ?? 0
  return [...(all > 0 || others.length === 0 ? [String(all)] : []), ...others].join(' ')
}

function reasonsOf({ format, outcomes, falselyDropped }: Recalled, cases: readonly Case[]): string[] {
  const told = cases.flatMap(({ id, kind }) => {
    const outcome = outcomes.get(id)
    if (outcome?.kind === 'missed') return [`  MISSED ${kind}: natively ${outcome.by.join(', ')}`]
    if (outcome?.kind === 'lacking') return [`  ${kind}: lacks ${outcome.what.join(', ')}`]
    if (outcome?.kind === 'untold') return [`  ${kind}: ${outcome.why.join(', ')}`]
    return []
  })
  const dropped = [...falselyDropped].map(([id, why]) => `  DROPPED ${id}: ${why.join(', ')}`)
  const all = [...new Set([...dropped, ...told])]
  return all.length === 0 ? [] : [`${format}:`, ...all]
}
