import Type, { type Static } from 'typebox'
import { comparisonWithModels, isRight } from '../answers/compare.ts'
import { openPanel, PanelOptions } from '../checks/judges/panel.ts'
import { Prompt, prompt } from '../prompts/prompt.ts'
import { titled } from '../prompts/quoted.ts'
import { promptFor, twofold } from '../prompts/twofold.ts'
import { hashOf } from '../schemas/hash.ts'
import { closed, factory } from '../schemas/options.ts'
import type { AnswerType, Part, Task } from '../schemas/task.ts'
import type { Reply } from '../schemas/trajectory.ts'
import { Teacher } from '../teachers/teacher.ts'
import { next, route, Screen, type ScreenContext } from './screen.ts'
import { materialOf } from './well-posed.ts'

export const OpenEndedOptions = closed({
  /** Writes the question anew. */
  writer: Teacher,
  /** Judges whether the new question has one right answer; best not the writer itself. */
  unique: PanelOptions,
  /** What becomes of a question that cannot do without its options. The paper has open questions only. */
  otherwise: Type.Optional(Type.Enum(['drop', 'keep'])),
  /** How to write. */
  rewriting: Type.Optional(Prompt),
  /** How to judge. */
  rubric: Type.Optional(Prompt),
})
export type OpenEndedOptions = Static<typeof OpenEndedOptions>

/** Why a question keeps its options. */
interface Refusal {
  reason: string
  detail: string
}

type Open = Task & { choices: null }

const form = prompt('rewritten')
const longest = 2_000

/**
 * Asks multiple-choice questions without their options, as DeepEyesV2 does with all of its tasks (arXiv 2511.05271,
 * §3.3). The paper does not say how it rewrites them. Here a model writes the question anew. Rules refuse a question
 * that gives the answer away, or for which another option would pass. Judges who see the images say whether the answer
 * is still the only one. `meta` of the rewritten task holds the original under `multiple_choice`.
 */
export const openEnded = factory(Screen, 'openEnded', OpenEndedOptions, given => {
  const { writer, unique, otherwise = 'drop', rewriting = twofold('open-ended') } = given
  const { rubric = twofold('unique-answer') } = given
  const verdicts = ['unique', 'ambiguous', 'changed', 'unclear'] as const
  const panel = openPanel(unique, { check: 'open_ended', rubric, verdicts })
  const refuse = ({ reason, detail }: Refusal) =>
    otherwise === 'drop' ? route('drop', reason, detail) : next({ kept: reason })
  return {
    name: 'open_ended',
    version: 1,
    options: {
      writer: { name: writer.name, options: writer.options },
      unique: panel.options,
      otherwise,
      comparison: comparisonWithModels,
      prompts: { [rewriting.name]: rewriting.sha256, [form.name]: form.sha256 },
    },
    models: [writer, ...panel.models],
    async screen(task, context) {
      if (!task.choices) return next()
      const open = boundToOptions(task) ?? (await rewrite(task, { writer, rewriting }, context))
      if ('reason' in open) return refuse(open)
      const judged = await panel.judge(comparing(task, open), context)
      const { passed, reason, detail, data = {} } = judged
      return passed ? next({ question: open.question, ...data }, open) : refuse({ reason, detail })
    },
  }
})

const aboutOptions =
  /\b(?:(?:all|none|both|any|either|neither) of (?:the )?(?:above|these|them)|cannot be determined)\b/i

/** Some answers say something about the options, whoever asks. */
const boundToOptions = ({ answer }: Task): Refusal | undefined =>
  aboutOptions.test(answer) ? { reason: 'answer_about_options', detail: answer } : undefined

async function rewrite(
  task: Task,
  { writer, rewriting }: { writer: Teacher; rewriting: Prompt },
  { models, signal }: ScreenContext,
): Promise<Open | Refusal> {
  const material = materialOf({ ...task, images: [] })
  const told = promptFor(task.images.length, rewriting)
  // Whoever wrote the material cannot know it: it depends on all of the material.
  const code = hashOf({ rewriting: told.sha256, material }).slice(0, 12)
  const question: Part[] = [...material, { type: 'text', text: form.fill({ code }) }]
  const reply = await models.ask(writer, { system: told.fill({}), question, sample: 0 }, signal)
  const written = questionIn(reply, code)
  return typeof written === 'string' ? opened(task, written) : written
}

/** The question stands in the last line, in the exact form, and nowhere else. */
function questionIn({ text, stop }: Reply, code: string): string | Refusal {
  const lines = text.trimEnd().split('\n')
  const last = lines.at(-1) ?? ''
  const alone = stop === 'end' && lines.filter(line => line.includes(code)).length === 1
  if (alone && last === `IMPOSSIBLE ${code}`) return { reason: 'needs_options', detail: lines[0] ?? '' }
  const start = `QUESTION ${code}: `
  const question = alone && last.startsWith(start) ? last.slice(start.length).trim() : ''
  return question === '' || question.length > longest
    ? { reason: 'not_rewritten', detail: text.slice(0, 300) }
    : question
}

function opened(task: Task, question: string): Open | Refusal {
  const { choices, answer, answerType, meta } = task
  const open: Open = {
    ...task,
    question,
    choices: null,
    answerType: typeOf(answer),
    meta: { ...meta, multiple_choice: { question: task.question, choices, answerType } },
  }
  if (says(question, answer) && !says(task.question, answer))
    return { reason: 'answer_in_question', detail: question }
  const other = choices?.find(choice => choice !== answer && isRight(choice, open))
  return other === undefined ? open : { reason: 'options_alike', detail: `${other} passes for ${answer}` }
}

function typeOf(answer: string): AnswerType {
  if (/^(?:yes|no|true|false)$/i.test(answer.trim())) return 'boolean'
  return /^[-+]?\d[\d,]*(?:\.\d+)?$/.test(answer.trim()) ? 'number' : 'text'
}

/** Whether the words of one stand in the other. */
const says = (text: string, words: string) => ` ${plain(text)} `.includes(` ${plain(words)} `)

const plain = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
    .join(' ')

const comparing = (task: Task, { question }: Open): Part[] => [
  ...materialOf(task),
  titled('The new question', question),
]
