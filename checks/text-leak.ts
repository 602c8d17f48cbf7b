import Type, { type Static } from 'typebox'
import { isRight } from '../answers/compare.ts'
import { closed, factory, from0 } from '../schemas/options.ts'
import { hasKey, type Task } from '../schemas/task.ts'
import { excerpt } from '../words/excerpt.ts'
import { holdsWords, wordsIn } from '../words/words.ts'
import { Check, couldNotTell, fail, pass } from './check.ts'
import { statedIn } from './reading/stated-answer.ts'
import { TextPlace, textsBeside } from './reading/texts-beside-question.ts'

export const TextLeakOptions = closed({
  /**
   * Where to look: the question; the task's id; the source's address; `paths`, strings of the metadata that name a
   * file or an address; `meta`, all other metadata (where the answer's own evidence often stands, so not by default).
   */
  where: Type.Optional(Type.Array(TextPlace)),
  /** Letters that a text must have to tell anything. */
  minLetters: Type.Optional(from0),
  /** Digits that a number must have to be there by more than chance. */
  minDigits: Type.Optional(from0),
})
export type TextLeakOptions = Static<typeof TextLeakOptions>

/**
 * The answer does not stand in the question or in names that go with it. These are the task's id, the source's address
 * and the names of files. Only whole words count, whatever joins them (`-`, `_`, `/`, `%20`); numbers count digit by
 * digit. An answer that says too little (short words, short numbers, yes and no) is only found behind a word such as
 * `answer` or `label` and a data set's mark for one: "(answer: 3)", "3 is the answer", `#### 3`. Elsewhere in a
 * question the answer may be one of the things that it chooses from or compares ("France or Spain", "which of", "is
 * larger", a list, quotes), and options name it by nature.
 *
 * It cannot see: other words for "the answer is", paraphrases, translations, codes that stand for the answer, and what
 * the picture itself says. One row cannot tell whether `3.png` is called after the answer 3 or is the third file:
 * `tellingNames` looks at all of them. An answer that names its task's kind (`circle` of `circle/17`) is a false alarm:
 * leave `id` out there.
 */
export const textLeak = factory(Check, 'textLeak', TextLeakOptions, options => {
  const { where = ['question', 'id', 'url', 'paths'], minLetters = 4, minDigits = 5 } = options
  return {
    name: 'text_leak',
    version: 4,
    options: { where, minLetters, minDigits },
    async measure({ task }) {
      if (!hasKey(task)) return couldNotTell('no_key', 'there is no right answer to look for')
      const wanted = wordsIn(task.answer, 'name')
      const texts = textsBeside(task).filter(({ place }) => where.includes(place))
      const told = texts.find(({ place, text }) =>
        place === 'question' ? isStated(task) : isLabelled(text, task),
      )
      if (told) return fail(`in_${told.place}`, `${told.path}: ${excerpt(told.text, 160)}`)
      if (!tells(task, wanted, minLetters, minDigits))
        return pass('the answer says too little to be looked for')
      const found = texts.find(
        ({ place, text }) =>
          holdsWords(wordsIn(text, 'name'), wanted) && !(place === 'question' && isAsked(task)),
      )
      return found ? fail(`in_${found.place}`, `${found.path}: ${excerpt(found.text, 160)}`) : pass()
    },
  }
})

function tells(
  { answer, answerType }: Task,
  tokens: readonly string[],
  minLetters: number,
  minDigits: number,
): boolean {
  if (answerType === 'boolean' || /^(?:yes|no|true|false|none|unknown)$/i.test(answer.trim())) return false
  const letters = tokens.join('').match(/\p{L}/gu)?.length ?? 0
  const digits = answer.replace(/^0+|[^\d]/g, '').length
  return letters >= minLetters || (letters === 0 && digits >= minDigits)
}

const labels = 'answer ans expected label gt truth groundtruth solution correct target gold'.split(' ')

/** A name that says what it holds: `answer_3.png`. There even a short answer is no chance. */
function isLabelled(text: string, task: Task): boolean {
  const tokens = wordsIn(text, 'name')
  const wanted = wordsIn(task.answer, 'name')
  return tokens.some(
    (token, at) =>
      wanted.length > 0 &&
      labels.includes(token) &&
      isAnswer(tokens.slice(at + 1, at + 1 + wanted.length), wanted, task),
  )
}

const isAnswer = (tokens: readonly string[], wanted: readonly string[], task: Task): boolean =>
  tokens.join(' ') === wanted.join(' ') || isRight(tokens.join(' '), task)

/** Whether the question says outright what the answer is. */
const isStated = (task: Task): boolean => statedIn(task.question).some(said => isRight(said, task))

/** Whether the question may name the answer without giving it away: it chooses, lists, quotes or compares. */
const isAsked = ({ choices, question, answer }: Task): boolean =>
  choices !== null || choosing.test(question) || comparing.test(question) || isJoined(question, answer)

const choosing =
  /\b(?:or|either|whether|between|among|which of|one of|compared?|both|vs|versus)\b|["“”:]|,[^,]+(?:,| and )/i
/** A comparative behind its verb or before `than`; few other words that end so stand there. */
const comparing =
  /\b(?:more|less|fewer|better|worse|earlier|later|\p{L}+er) than\b|\b(?:is|are|was|were|has|have|had|comes?|came) (?:the )?(?:more|less|fewer|better|worse|first|(?!under|over|after|never|ever|there|other|either)\p{L}{2,}er)\b/iu

/** `and` binds it to another thing that is asked about. */
const isJoined = (question: string, answer: string): boolean =>
  [`${answer} and `, ` and ${answer}`, ` and the ${answer}`].some(pair =>
    question.toLowerCase().includes(pair.toLowerCase()),
  )
