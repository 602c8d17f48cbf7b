import Type, { type Static } from 'typebox'
import { parseJson } from '../schemas/json.ts'
import { lazyValidator } from '../schemas/validate.ts'
import { manifestIn } from './numbered/alike.ts'

const count = Type.Integer({ minimum: 0 })

const Yields = Type.Array(
  Type.Object({ name: Type.String(), rows: count, declined: Type.Record(Type.String(), count) }),
)
/** How many rows a target of an export has, and of how many it cannot say what they say, by reason. */
export type Yield = Static<typeof Yields>[number]

const reading = lazyValidator(Type.Object({ targets: Yields }))

/** What the targets of the export at `folder` yielded; nothing where there is none, or none that can be read. */
export async function yieldsIn(folder: string): Promise<Yield[]> {
  const read = reading(parseJson(await manifestIn(folder)))
  return read.ok ? read.value.targets.map(({ name, rows, declined }) => ({ name, rows, declined })) : []
}

/** A yield in words: `llamafactory 223 (13 declined: no_thought 12, reminded 1)`. */
export function yieldText({ name, rows, declined }: Yield): string {
  const reasons = Object.entries(declined).sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1))
  const all = reasons.reduce((sum, [, rows]) => sum + rows, 0)
  const why = reasons.map(([reason, rows]) => `${reason} ${rows}`).join(', ')
  return `${name} ${rows}${all === 0 ? '' : ` (${all} declined: ${why})`}`
}
