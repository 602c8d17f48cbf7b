import { isObject } from '../../schemas/json.ts'
import type { CountPair } from './comparison.ts'

/** The numbers of two funnels, as manifests hold them: all of them, alike or not, in the order of the stages. */
export function compareFunnels(before: unknown, after: unknown): CountPair[] {
  const [was, is] = [countsIn(before), countsIn(after)]
  const names = new Set([...was.keys(), ...is.keys()])
  return [...names]
    .sort((a, b) => stageOf(a) - stageOf(b))
    .map(name => ({ what: JSON.parse(name), before: was.get(name) ?? 0, after: is.get(name) ?? 0 }))
}

const stages = ['refused', 'screening', 'screened out', 'trajectories', 'kept', 'dropped', 'rescued']
const stageOf = (name: string) => stages.indexOf(JSON.parse(name)[0])

function countsIn(funnel: unknown): Map<string, number> {
  const { refused, screening, trajectories, kept, rejected, rescued } = fields(funnel)
  const { dropped: screenedOut, ...screened } = fields(screening)
  const numbers: [what: string[], count: unknown][] = [
    ...drops('refused', refused),
    ...Object.entries(screened).map(([name, count]): [string[], unknown] => [['screening', name], count]),
    ...drops('screened out', screenedOut),
    [['trajectories'], trajectories],
    [['kept'], kept],
    ...drops('dropped', rejected),
    ...drops('rescued', rescued),
  ]
  return new Map(numbers.map(([what, count]) => [JSON.stringify(what), Number(count ?? 0)]))
}

const drops = (stage: string, counts: unknown): [string[], unknown][] =>
  (Array.isArray(counts) ? counts : [])
    .map(fields)
    .map(each => [[stage, `${each.stage}/${each.reason}`], each.rows])

const fields = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})
