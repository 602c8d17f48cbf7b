import type { AnsweredAs } from '../../output/run-about.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { Reply } from '../../schemas/trajectory.ts'
import type { Store } from '../../store/store.ts'
import { modelOf } from '../../teachers/prices.ts'
import type { Teacher } from '../../teachers/teacher.ts'

const keyIn = (generation: number, rest: string) => `${generation}/${rest}`
const whole = 'whole'

/** Nothing of this generation was answered yet, so the names that are put down in it will be all of them. */
export const keepAnswerers = async (store: Store, generation: number): Promise<void> =>
  void (await store.put('answerers', keyIn(generation, whole), true))

/** Puts down by which name a model answered, before its reply is kept. A refusal is of no model. */
export async function noteAnswerer(
  store: Store,
  { teacher, model, generation }: { teacher: Teacher; generation: number } & Pick<Reply, 'model'>,
): Promise<void> {
  const named: AnsweredAs = { name: teacher.name, asked: modelOf(teacher), answered: model }
  if (model !== '') await store.put('answerers', keyIn(generation, hashOf(named)), named)
}

/** The same, once for each name. */
export function answererNotes(store: Store, generation: number) {
  const noted = new Set<string>()
  return async (teacher: Teacher, { model }: Reply) => {
    const name = JSON.stringify([teacher.name, modelOf(teacher), model])
    if (noted.has(name)) return
    await noteAnswerer(store, { teacher, model, generation })
    noted.add(name)
  }
}

/** By which names models answered in a generation, in any order; undefined where that was not kept from its start. */
export async function answerersIn(store: Store, generation: number): Promise<AnsweredAs[] | undefined> {
  if (!(await store.get('answerers', keyIn(generation, whole)))) return undefined
  const all = await Array.fromAsync(store.scan<AnsweredAs | true>('answerers', keyIn(generation, '')))
  return all.flatMap(({ value }) => (value === true ? [] : [value]))
}
