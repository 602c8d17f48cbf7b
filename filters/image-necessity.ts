import { type Prompt, prompt } from '../prompts/prompt.ts'
import type { Task } from '../schemas/task.ts'
import type { Teacher } from '../teachers/teacher.ts'
import { comparison } from './answer.ts'
import { type Check, fail, pass } from './check.ts'
import { shareOf } from './interval.ts'
import { plainInterval, refuseTries, rounded, tries } from './tries.ts'

export interface ImageNecessityOptions {
  /** A model that knows much: what it can answer blindly, others may. */
  student: Teacher
  /** Answers without the images and without tools. */
  k?: number
  /** So many right answers are not too many. By default as many as guessing among the options explains. */
  most?: number
  /** What the student is told. */
  system?: Prompt
}

/**
 * Whether the task's images are needed: a student is shown its words alone and answers `k` times, and rules compare
 * (`compareAnswer`). It fails where the student is right more often than `most`, or, without `most`, where guessing
 * explains it no more: the 95 % interval of its share lies above that of blind luck (one of the options, one of two for
 * yes or no, else none). `data` holds `k`, how many were `right`, the `share` with its interval, and `luck`.
 */
export function imageNecessity({
  student,
  k = 4,
  most,
  system = prompt('blind'),
}: ImageNecessityOptions): Check {
  refuseTries('image_necessity', k, most ?? 0, system)
  return {
    name: 'image_necessity',
    version: 1,
    options: {
      student: { name: student.name, options: student.options },
      comparison,
      k,
      ...(most !== undefined && { most }),
      prompts: { [system.name]: system.sha256 },
    },
    models: [student],
    async measure({ task }, context) {
      const { right } = await tries(student, task, { tools: false, images: false, system, k }, context)
      const share = shareOf({ right, of: k })
      const luck = luckOf(task)
      const data = { k, right, share: plainInterval(share), luck: rounded(luck) }
      const detail = `right ${right} of ${k} without the image`
      const needed = most === undefined ? share.low <= luck : right <= most
      return needed ? pass(detail, data) : fail('solvable_without', detail, data)
    },
  }
}

const luckOf = ({ choices, answerType }: Task): number =>
  choices ? 1 / choices.length : answerType === 'boolean' ? 1 / 2 : 0
