import type { Task } from '../../../schemas/task.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { answerOf, type Fault } from '../fault.ts'

/** A file that says what it is labelled. */
export const labelledFile: Fault = {
  name: 'labelled answer in file name',
  plant(good, { word }) {
    const slug = slugOf(good)
    return withFile(
      good,
      word([
        `images/0092_label=${slug}.png`,
        `ground-truth/${slug}/img_0092.png`,
        `0092-expected-${slug}.jpg`,
        `correct_answer_${slug}_0092.webp`,
        `0092.gold.${slug}.png`,
        `img_92[label-${slug}].png`,
      ]),
    )
  },
}

/** Every file of a source is named after its answer. In one row `3.png` may be the third picture. */
export const namedFiles: Fault = {
  name: 'files named after answers',
  everywhere: true,
  plant: (good, { word }) =>
    withFile(
      good,
      word([
        `pictures/${slugOf(good)}/1.jpg`,
        `data/img-${slugOf(good)}-small.png`,
        `${good.key.slice(0, 8)}-${slugOf(good)}.png`,
        `figures/fig_${slugOf(good)}.tiff`,
        `batch_03/${slugOf(good)}.v2.png`,
        `photo (${slugOf(good)}).jpg`,
      ]),
    ),
}

/** The question gives its own answer away, behind a word or a mark for it. */
export const toldAnswer: Fault = {
  name: 'answer in question',
  plant(good, { word }) {
    const { question } = good.task
    const told = answerOf(good)
    return asking(
      good,
      word([
        `${question} P.S. The answer is ${told}.`,
        `${question}\n\nReference answer: ${told}`,
        `### Question\n${question}\n\n### Answer\n${told}`,
        `${question} $\\boxed{${told}}$`,
        `{"question": "${question}", "answer": "${told}"}`,
        `${question} The answer key says ${told}.`,
      ]),
    )
  },
}

/** Whoever names files has the key. */
const slugOf = ({ task }: Trajectory): string => task.answer.toLowerCase().replaceAll(' ', '_')

const withTask = (good: Trajectory, changes: Partial<Task>): Trajectory => ({
  ...good,
  task: { ...good.task, ...changes },
})

const withFile = (good: Trajectory, file: string): Trajectory =>
  withTask(good, { meta: { ...good.task.meta, file } })

function asking(good: Trajectory, question: string): Trajectory {
  const before = good.task.question
  return {
    ...withTask(good, { question }),
    question: good.question.map(part =>
      part.type === 'text' ? { ...part, text: part.text.replace(before, () => question) } : part,
    ),
  }
}
