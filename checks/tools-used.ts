import { factory, noOptions } from '../schemas/options.ts'
import type { Fact, Observation, ToolKinds, Trajectory } from '../schemas/trajectory.ts'
import { kindsOf } from '../tools/tool.ts'
import { Check, fail, pass } from './check.ts'
import { analysed, read } from './code/analysis.ts'
import { byRecord } from './reading/by-record.ts'

const analyser = read('tools_used.py')

/** In this order. The first four are of code, by its syntax tree, and a cell can be of several. */
export const toolKinds = [
  'crop',
  'mark',
  'numerical_analysis',
  'other_code',
  'image_search',
  'text_search',
  'other_tool',
] as const
export type UsedKind = (typeof toolKinds)[number]
export type KindCounts = Partial<Record<UsedKind, number>>

/**
 * Some call worked, and the detail counts which kinds of tools did. The kinds are those of DeepEyesV2's taxonomy (arXiv
 * 2511.05271): crop, mark, numerical analysis, other code, image search, text search. Tools that it has no kind for are
 * `other_tool`. The detail is a list such as `crop:2 numerical_analysis:1`, in the order of `toolKinds`; `usedKindsIn`
 * reads it. Which kinds they are, nobody can tell of code whose cell is missing: `no_record`.
 *
 * It cannot see: what a function does that the trajectory does not hold; drawing on an empty canvas, which counts as a
 * mark; marks set by writing pixels; a line of pixels that is only plotted.
 */
export const toolsUsed = factory(Check, 'toolsUsed', noOptions, () => ({
  name: 'tools_used',
  version: 2,
  options: {},
  measure: byRecord(['code'], async (trajectory, context) => {
    const calls = workedCalls(trajectory)
    const kinds = kindsOf(context.tools)
    if (calls.length === 0) return fail('no_tool', 'no call worked')
    const codes = calls.flatMap(({ seen }) => (seen.data?.kind === 'cell' ? [seen.data.code] : []))
    const found =
      codes.length > 0
        ? await analysed<UsedKind[][]>(analyser, codes, context)
        : { ok: true as const, value: [] }
    if (!found.ok) return found.measured
    const used = [
      ...found.value.map(each => (each.length > 0 ? each : ['other_code' as const])),
      ...calls.flatMap(call => kindsOfCall(call, kinds)),
    ]
    return pass(listed(used.flat()))
  }),
}))

interface Call {
  name: string
  seen: Observation
}

const workedCalls = ({ turns }: Trajectory): Call[] =>
  turns.flatMap(({ reply, observations }) =>
    observations.flatMap((seen, index) =>
      seen.mistake === null ? [{ name: reply.calls[index]?.name ?? '', seen }] : [],
    ),
  )

/**
 * Kinds of calls that are no cell: by the kind of the tool, or, for a search of another tool, by whether it found
 * pictures.
 */
function kindsOfCall({ name, seen: { data } }: Call, kinds: ToolKinds): UsedKind[][] {
  if (data?.kind === 'cell') return []
  const kind = kinds.get(name) ?? 'other'
  if (kind !== 'other') return [[kind === 'code' ? 'other_code' : kind]]
  if (data === null) return [['other_tool']]
  return [[data.results.some(({ image }) => image !== null) ? 'image_search' : 'text_search']]
}

const listed = (kinds: readonly UsedKind[]): string =>
  toolKinds
    .map(kind => ({ kind, count: kinds.filter(each => each === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${kind}:${count}`)
    .join(' ')

/** How many calls of each kind worked, from what `tools_used` measured; null where it did not. */
export function usedKindsIn(facts: readonly Fact[]): KindCounts | null {
  const fact = facts.find(({ check }) => check === 'tools_used')
  if (!fact) return null
  const counts = [...fact.detail.matchAll(/([a-z_]+):(\d+)/g)].map(([, kind, count]) => [kind, Number(count)])
  return fact.passed ? Object.fromEntries(counts) : {}
}
