import Type from 'typebox'
import { closed, readOptions } from '../schemas/options.ts'
import { Teacher } from './teacher.ts'

/**
 * Teachers from cheap to strong, each asked only about tasks that the one before it did not solve. A task is solved if
 * any sample of that teacher was answered and passes the checks that settle it (`settles`, such as `answer`); the
 * config must have one. A rollout that failed for reasons outside the teacher decides nothing: the next teacher waits
 * until that is settled.
 */
export function ladder(...teachers: Teacher[]): Teacher[] {
  readOptions('ladder', closed({ teachers: Type.Array(Teacher) }), { teachers })
  return teachers.map((teacher, index) => {
    const below = teachers[index - 1]
    return below ? { ...teacher, after: below.name } : teacher
  })
}
