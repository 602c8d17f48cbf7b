import { answerOf, type Fault } from '../fault.ts'

/** A file that is named after what it shows. */
export const namedFile: Fault = {
  name: 'answer in file name',
  plant(good, { chance }) {
    const slug = answerOf(good).toLowerCase().replaceAll(' ', '_')
    const file = chance.pick([`images/${slug}.png`, `answer_${slug}.png`, `pics/17-label-${slug}.jpg`])
    return { ...good, task: { ...good.task, meta: { ...good.task.meta, file } } }
  },
}

/** The question gives its own answer away. */
export const toldAnswer: Fault = {
  name: 'answer in question',
  plant(good) {
    const question = `${good.task.question} It is ${answerOf(good)}.`
    return {
      ...good,
      task: { ...good.task, question },
      question: good.question.map(part =>
        part.type === 'text' ? { ...part, text: part.text.replace(good.task.question, question) } : part,
      ),
    }
  },
}
