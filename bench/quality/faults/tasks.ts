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
      word({
        known: [
          `answer_${slug}.png`,
          `pics/17-label-${slug}.jpg`,
          `q0092_gt_${slug}.jpg`,
          `data/solution-${slug}/0092.webp`,
          `train/label=${slug}/0092.png`,
          `img-0092.truth.${slug}.png`,
          `samples/0092__answer-${slug}.png`,
          `val/gt/${slug}/0092.png`,
          `0092_correct_${slug}.jpeg`,
          `images/ans=${slug}&id=0092.png`,
          `q92-target-${slug}.png`,
          `0092 (answer ${slug}).png`,
          `dataset/groundtruth_${slug}_0092.tif`,
        ],
        other: [
          `images/0092_label=${slug}.png`,
          `ground-truth/${slug}/img_0092.png`,
          `0092-expected-${slug}.jpg`,
          `test/answers/${slug}/92.png`,
          `correct_answer_${slug}_0092.webp`,
          `0092.gold.${slug}.png`,
          `img_92[label-${slug}].png`,
          `answer-key/0092/${slug}.gif`,
        ],
      }),
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
      word({
        known: [
          `images/${slugOf(good)}.png`,
          `set_b/${good.key.slice(0, 6)}/${slugOf(good)}.jpg`,
          `photos/2021-${slugOf(good)}.png`,
          `${slugOf(good)}.png`,
          `media/${slugOf(good)}_1.png`,
          `raw/${slugOf(good)}/image.png`,
          `scans/scan-${slugOf(good)}.jpeg`,
          `uploads/IMG_${slugOf(good)}_final.png`,
          `assets/v2/${slugOf(good)}@2x.webp`,
        ],
        other: [
          `pictures/${slugOf(good)}/1.jpg`,
          `data/img-${slugOf(good)}-small.png`,
          `${good.key.slice(0, 8)}-${slugOf(good)}.png`,
          `figures/fig_${slugOf(good)}.tiff`,
          `batch_03/${slugOf(good)}.v2.png`,
          `photo (${slugOf(good)}).jpg`,
        ],
      }),
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
      word({
        known: [
          `${question} (answer: ${told})`,
          `${question} Hint: ${told}`,
          `The answer is ${told}. ${question}`,
          `${question} [correct: ${told}]`,
          `Note that the result equals ${told}. ${question}`,
          `${question} The right response would be ${told}.`,
          `${question} (Solution: ${told}.)`,
          `${question}\n\nCorrect answer: ${told}`,
          `Expected: ${told}\n${question}`,
          `${question} **Answer:** ${told}`,
          `${question} (Spoiler: ${told})`,
          `Given that the correct answer is ${told}, explain: ${question}`,
          `${question}\n\nGround truth: ${told}`,
          `${question}\n#### ${told}`,
          `<label>${told}</label> ${question}`,
        ],
        other: [
          `${question} P.S. The answer is ${told}.`,
          `${question}\n\nReference answer: ${told}`,
          `### Question\n${question}\n\n### Answer\n${told}`,
          `${question} $\\boxed{${told}}$`,
          `{"question": "${question}", "answer": "${told}"}`,
          `${question} The answer key says ${told}.`,
        ],
      }),
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
