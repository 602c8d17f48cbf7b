import type { Trajectory } from '../../../schemas/trajectory.ts'
import { answerOf, type Fault, type Hand, saying, withTurn } from '../fault.ts'

/** A result that is told before any call was made. */
export const inventedResult = inFirst(
  'invented result',
  (text, good, { chance }) =>
    `${text} ${chance.pick([
      `The output shows ${answerOf(good)}.`,
      `The code prints the value ${answerOf(good)}.`,
      `\n\nCode execution result:\nstdout:\n${answerOf(good)}`,
      `\n<tool_response>\n${answerOf(good)}\n</tool_response>`,
    ])}`,
)

/** A report of a number that no tool gave. */
export const misreported = inLast(
  'number that no output holds',
  (text, _, { chance }) =>
    `${chance.pick(['The output shows', 'The search results state', 'The last cell printed'])} ${chance.integer(611, 997)}.${chance.integer(11, 97)} for this. ${text}`,
)

export const untrueSum = inLast('untrue equation', (text, _, { chance }) => {
  const [a, b] = [chance.integer(12, 60), chance.integer(12, 60)]
  return `As a check, ${a} + ${b} = ${a + b + chance.integer(1, 9)}. ${text}`
})

export const strayImage = inMiddle(
  'stray <image>',
  (text, { chance }) => `${text} ${chance.pick(['<image>', 'Here it is: <image>', '<image>\n<image>'])}`,
)

export const controlToken = inMiddle(
  'control token in a thought',
  (text, { chance }) =>
    `${text}${chance.pick(['<|im_end|>', '<|endoftext|>', '<|im_start|>assistant', '<tool_call>', '</think>'])}`,
)

export const strayAnswer = inFirst('answer tag in a turn that calls', (text, good) => {
  return `${text} <answer>${answerOf(good)}</answer>`
})

/** A thought is cut off in the middle, as by a limit on tokens. */
export const cutOff = inMiddle('truncated thought', (text, { chance }) => {
  const whole = text.split(' ')
  const tail = chance.pick(['and then the', 'because the', 'where I read a', 'so that I know its'])
  return `${whole.slice(0, Math.max(3, Math.floor(whole.length / 2))).join(' ')} ${tail}`
})

/** The reply ended because it was too long. */
export const cutReply: Fault = {
  name: 'truncated reply',
  plant: good => withTurn(good, -1, turn => ({ ...turn, reply: { ...turn.reply, stop: 'length' } })),
}

export const mixedLanguage = inMiddle(
  'mixed language',
  (text, { chance }) =>
    `${text} ${chance.pick([
      '现在我需要仔细看一下这张图片，然后再计算结果。',
      'Jetzt muss ich mir das Bild noch einmal genauer ansehen und danach das Ergebnis berechnen.',
      'Maintenant je dois regarder cette image de plus près avant de calculer le résultat.',
      'Теперь мне нужно внимательнее посмотреть на изображение и посчитать результат.',
    ])}`,
)

export const refused = inMiddle(
  'refusal',
  (text, { chance }) =>
    `${chance.pick(["I'm sorry, but I can't help with that.", 'I am unable to view images.', 'As an AI language model, I cannot see the image.'])} ${text}`,
)

export const personal = inMiddle(
  'personal data',
  (text, { chance }) =>
    `${text} ${chance.pick(['I could ask jane.miller@gmail.com about it.', 'Her number is +1 415 555 2671.', 'The card 4111 1111 1111 1111 paid for it.'])}`,
)

export const unshownImage = inLast(
  'image that nobody showed',
  text => `In image_87 it is clear to see. ${text}`,
)

export const noThought: Fault = {
  name: 'call without a thought',
  plant: (good, { chance }) =>
    withTurn(
      good,
      calling(good, chance),
      saying(() => ''),
    ),
}

type Words = (text: string, good: Trajectory, hand: Hand) => string

function inFirst(name: string, words: Words): Fault {
  return {
    name,
    plant: (good, hand) =>
      good.turns.length < 2
        ? null
        : withTurn(
            good,
            0,
            saying(text => words(text, good, hand)),
          ),
  }
}

function inLast(name: string, words: Words): Fault {
  return {
    name,
    plant: (good, hand) =>
      withTurn(
        good,
        -1,
        saying(text => words(text, good, hand)),
      ),
  }
}

/** In any turn that calls. */
function inMiddle(name: string, words: (text: string, hand: Hand) => string): Fault {
  return {
    name,
    plant: (good, hand) =>
      withTurn(
        good,
        calling(good, hand.chance),
        saying(text => words(text, hand)),
      ),
  }
}

const calling = ({ turns }: Trajectory, chance: Hand['chance']) => chance.integer(0, turns.length - 2)
