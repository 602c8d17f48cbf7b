import type { Trajectory } from '../../../schemas/trajectory.ts'
import { answerOf, type Fault, type Hand, saying, withTurn } from '../fault.ts'

/** A result that is told before any call was made. */
export const inventedResult = inFirst('invented result', (text, good, { word }) => {
  const told = answerOf(good)
  return `${text} ${word({
    known: [
      `The output shows ${told}.`,
      `The code prints the value ${told}.`,
      `\n\nCode execution result:\nstdout:\n${told}`,
      `\n<tool_response>\n${told}\n</tool_response>`,
      `Running this gave ${told}.`,
      `\nOutput: ${told}`,
      `\n\`\`\`output\n${told}\n\`\`\``,
      `The tool returned ${told}.`,
    ],
    other: [
      `Python tells me it is ${told}.`,
      `\nResult of the call => ${told}`,
      `I executed the snippet, and it came back with ${told}.`,
      `\n[tool] ${told}`,
    ],
  })}`
})

/** A report of a number that no tool gave. */
export const misreported = inLast('number that no output holds', (text, _, { chance, word }) => {
  const number = `${chance.integer(611, 997)}.${chance.integer(11, 97)}`
  return `${word({
    known: [
      ...['The output shows', 'The search results state', 'The last cell printed'].map(
        start => `${start} ${number} for this.`,
      ),
      `According to the output, the value is ${number}.`,
      `Python reported ${number}.`,
      `I read ${number} in what the tool printed.`,
    ],
    other: [
      `The cell's output contains ${number}.`,
      `From the printed lines I take the figure ${number}.`,
      `What the search returned mentions ${number}.`,
    ],
  })} ${text}`
})

export const untrueSum = inLast('untrue equation', (text, _, { chance, word }) => {
  const [a, b, off] = [chance.integer(12, 60), chance.integer(12, 60), chance.integer(1, 9)]
  return `${word({
    known: [
      `As a check, ${a} + ${b} = ${a + b + off}.`,
      `${a} × ${b} = ${a * b + off}, roughly speaking.`,
      `(Note that ${a + b} - ${b} = ${a + off}.)`,
    ],
    other: [
      `We have ${a} plus ${b}, so ${a} + ${b} = ${a + b - off}.`,
      `${a} - ${b + off} = ${a - b} as expected.`,
    ],
  })} ${text}`
})

export const strayImage = inMiddle(
  'stray <image>',
  (text, { word }) =>
    `${text} ${word({
      known: [
        '<image>',
        'Here it is: <image>',
        '<image>\n<image>',
        '(see <image>)',
        'In <image> this can be seen.',
        '\n\n<image>',
      ],
      other: ['as <image> makes clear', '<image> Now on.', '-- <image> --'],
    })}`,
)

export const controlToken = inMiddle(
  'control token in a thought',
  (text, { word }) =>
    `${text}${word({
      known: [
        '<|im_end|>',
        '<|endoftext|>',
        '<|im_start|>assistant',
        '<tool_call>',
        '</think>',
        '<|vision_start|>',
        '</tool_call>',
        '<|user|>',
        '<think>',
        '<code>',
      ],
      other: ['<|eot_id|>', '</code>', '<|assistant|>', '<tool_response>', '<|object_ref_start|>'],
    })}`,
)

export const strayAnswer = inFirst('answer tag in a turn that calls', (text, good) => {
  return `${text} <answer>${answerOf(good)}</answer>`
})

/** A thought is cut off in the middle, as by a limit on tokens. */
export const cutOff = inMiddle('truncated thought', (text, { word }) => {
  const whole = text.split(' ')
  const tail = word({
    known: [
      'and then the',
      'because the',
      'where I read a',
      'so that I know its',
      'which means that',
      'so the',
      'of the',
      'I will now',
      'between 3 and',
    ],
    other: ['in order to see the', 'which is why I', 'a value that is larger than the', 'because it', 'and'],
  })
  return `${whole.slice(0, Math.max(3, Math.floor(whole.length / 2))).join(' ')} ${tail}`
})

/** The reply ended because it was too long. */
export const cutReply: Fault = {
  name: 'truncated reply',
  plant: good => withTurn(good, -1, turn => ({ ...turn, reply: { ...turn.reply, stop: 'length' } })),
}

export const mixedLanguage = inMiddle(
  'mixed language',
  (text, { word }) =>
    `${text} ${word({
      known: [
        '现在我需要仔细看一下这张图片，然后再计算结果。',
        'Jetzt muss ich mir das Bild noch einmal genauer ansehen und danach das Ergebnis berechnen.',
        'Maintenant je dois regarder cette image de plus près avant de calculer le résultat.',
        'Теперь мне нужно внимательнее посмотреть на изображение и посчитать результат.',
        '让我再看一遍。',
        'Ahora voy a mirar la imagen con más detalle para contar todo.',
        'もう一度画像をよく見てみましょう。',
        'Adesso guardo meglio questa parte e poi faccio il conto.',
      ],
      other: [
        'Ich schaue jetzt genauer hin und zähle alles noch einmal nach.',
        '지금 이미지를 더 자세히 살펴보겠습니다.',
        'Vou olhar a imagem com mais atenção antes de responder.',
        'Сейчас посмотрю ещё раз.',
      ],
    })}`,
)

export const refused = inMiddle(
  'refusal',
  (text, { word }) =>
    `${word({
      known: [
        "I'm sorry, but I can't help with that.",
        'I am unable to view images.',
        'As an AI language model, I cannot see the image.',
        'I cannot assist with this request.',
        "Unfortunately I don't have the ability to see pictures.",
        "Sorry, I won't be able to answer questions about this image.",
      ],
      other: [
        'I am not able to comply with that.',
        'I have no way of viewing images.',
        'My guidelines do not allow me to answer this.',
      ],
    })} ${text}`,
)

export const personal = inMiddle(
  'personal data',
  (text, { word }) =>
    `${text} ${word({
      known: [
        'I could ask jane.miller@gmail.com about it.',
        'Her number is +1 415 555 2671.',
        'The card 4111 1111 1111 1111 paid for it.',
        'It was sent by t.okafor_77@outlook.co.uk last year.',
        'Call (212) 555-0187 to be sure.',
        'It was paid from DE89 3704 0044 0532 0130 00.',
      ],
      other: [
        'Write to the author at k.lindqvist@posteo.se for details.',
        'My phone is +44 20 7946 0958.',
        'Her social security number is 219-09-9999.',
      ],
    })}`,
)

export const unshownImage = inLast(
  'image that nobody showed',
  (text, _, { word }) =>
    `${word({
      known: [
        'In image_87 it is clear to see.',
        'As image_54 shows, this holds.',
        'I compared it with image_31.',
      ],
      other: ['Only image_40 shows this.', 'That becomes clear from image_66 and image_67.'],
    })} ${text}`,
)

export const noThought: Fault = {
  name: 'call without a thought',
  plant: (good, { chance, word }) =>
    withTurn(
      good,
      calling(good, chance),
      saying(() => word({ known: ['', '', 'Ok.', 'Next:'], other: ['', 'Go.', '...'] })),
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
