import type { Reply } from '../../schemas/trajectory.ts'
import type { Teacher, TeacherRequest } from '../../teachers/teacher.ts'

/** How a rollout asks a teacher. What stands between the two (the store, limits, a budget) wraps one in another. */
export type Ask = (teacher: Teacher, request: TeacherRequest, signal: AbortSignal) => Promise<Reply>

/** Ask the teacher itself. */
export const askDirectly: Ask = (teacher, request, signal) => teacher.ask(request, signal)
