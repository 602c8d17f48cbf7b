import { spanTokens } from '../../xray/tokens.ts'
import type { TrainingFault, TrainingFaultKind } from '../../xray/training-fault.ts'
import type { XRayed } from '../../xray/xray.ts'

/** What was looked at, and by what. */
export interface XRayAbout {
  trainer: string
  model: string
  target: string
  /** Whether the trainer’s own code rendered the rows, or its rules as kindling knows them; and of which version. */
  by: { code: 'own' | 'rules'; version: string }
  /** Rows of the target. */
  of: number
  /** How many tokens a row may have; null where nothing cuts. */
  cutoff: number | null
  /** What counted the tokens; null where nothing could. */
  counter: string | null
}

/** A kind of fault over all rows. */
export interface FaultCount {
  kind: TrainingFaultKind
  /** Rows that have it. */
  rows: number
  count: number
  first: { id: string } & Omit<TrainingFault, 'kind'>
}

/** What was found in all rows that were looked at. */
export interface XRayFound extends XRayAbout {
  rows: number
  tokens: { all: number; trained: number }
  faults: FaultCount[]
}

export function foundIn(about: XRayAbout, rows: readonly XRayed[]): XRayFound {
  const all = rows.flatMap(({ row, faults }) => faults.map(fault => ({ id: row.id, ...fault })))
  const faults = [...Map.groupBy(all, ({ kind }) => kind)].flatMap(([kind, each]): FaultCount[] => {
    const [first] = each
    if (!first) return []
    const { kind: _, ...shown } = first
    return [{ kind, rows: rows.filter(row => has(row, kind)).length, count: each.length, first: shown }]
  })
  return {
    ...about,
    rows: rows.length,
    tokens: spanTokens(rows.flatMap(({ seen }) => seen?.rendering.spans ?? [])),
    faults,
  }
}

const has = ({ faults }: XRayed, kind: TrainingFaultKind) => faults.some(fault => fault.kind === kind)
