import Type from 'typebox'
import { closed, readOptions } from '../schemas/options.ts'
import { Teacher } from './teacher.ts'

/**
 * Teachers from cheap to strong: each is asked only about the tasks that the one before it did not solve with any of
 * its samples. Solved is what was answered and passes the check `answer`, which the config has to have. A rollout that
 * failed for reasons outside the teacher decides nothing: the next is asked when that is settled.
 */
export function ladder(...teachers: Teacher[]): Teacher[] {
  readOptions('ladder', closed({ teachers: Type.Array(Teacher) }), { teachers })
  return teachers.map((teacher, index) => {
    const below = teachers[index - 1]
    return below ? { ...teacher, after: below.name } : teacher
  })
}
