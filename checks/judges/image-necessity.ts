import { type Prompt, prompt } from '../../prompts/prompt.ts'
import type { Task } from '../../schemas/task.ts'
import type { Teacher } from '../../teachers/teacher.ts'
import { type Check, fail, pass, shipped } from '../check.ts'
import { shareOf } from './interval.ts'
import { comparing, plainInterval, refuseTries, rounded, type Trying, tries } from './tries.ts'

export interface ImageNecessityOptions extends Trying {
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
 * (`compareAnswer`), or `judges` where those cannot decide. It fails where the student is right more often than `most`, or,
 * without `most`, where guessing explains it no more: the 95 % interval of its share lies above that of blind luck (one of the
 * options, one of two for yes or no, else none). `data` holds `k`, how many were `right`, the `share` with its interval, and `luck`.
 */
export function imageNecessity({
  student,
  k = 4,
  most,
  system = prompt('blind'),
  ...trying
}: ImageNecessityOptions): Check {
  refuseTries('image_necessity', { k }, 1)
  refuseTries('image_necessity', { most: most ?? 0 })
  system.fill({})
  const { compare, models, options } = comparing('image_necessity', trying)
  return shipped({
    name: 'image_necessity',
    version: 1,
    options: {
      student: { name: student.name, options: student.options },
      ...options,
      k,
      ...(most !== undefined && { most }),
      prompts: { [system.name]: system.sha256 },
    },
    models: [student, ...models],
    async measure({ task }, context) {
      const how = { tools: false, images: false, system, k, compare }
      const { right } = await tries(student, task, how, context)
      const share = shareOf({ right, of: k })
      const luck = luckOf(task)
      const data = { k, right, share: plainInterval(share), luck: rounded(luck) }
      const detail = `right ${right} of ${k} without the image`
      const needed = most === undefined ? share.low <= luck : right <= most
      return needed ? pass(detail, data) : fail('solvable_without', detail, data)
    },
  })
}

const luckOf = ({ choices, answerType }: Task): number =>
  choices ? 1 / choices.length : answerType === 'boolean' ? 1 / 2 : 0
