import type { Turn } from '../../../schemas/trajectory.ts'
import {
  answerOf,
  type Fault,
  inFirst,
  inLast,
  inMiddle,
  saying,
  untilLast,
  withTurn,
  withTurnsBeforeLast,
} from '../fault.ts'
import { wrongFor } from '../wrong.ts'

// What only words tell. A rule that drops by words costs more good rows than bad ones, so these are signals: how many
// are seen is told, and none is demanded.

export const earlyAnswer = inFirst('answer before looking', (text, good, { word }) => {
  const told = answerOf(good)
  return `${word([
    `The image shows it plainly: the answer is ${told}.`,
    `**Answer:** ${told}\n**Justification:** see the call below.\n\n`,
    `The reference answer is ${told}, so I need a call that leads there.`,
  ])} ${text}`
})

/** The last thought says one thing and the answer another, which is right. */
export const otherConclusion: Fault = {
  name: 'last thought against answer',
  plant(good, { chance, others, word }) {
    const wrong = wrongFor(answerOf(good), chance, others)
    if (wrong === null) return null
    const said = word([`It follows that ${wrong} is right.`, `**Answer:** ${wrong}`, `I'd answer ${wrong}.`])
    return withTurn(
      good,
      -1,
      saying(text => text.replace('<answer>', () => `${said}\n<answer>`)),
    )
  },
}

export const misreported = inLast('number that no output holds', (text, _, { chance, word }) => {
  const number = `${chance.integer(611, 997)}.${chance.integer(11, 97)}`
  return `${word([
    `The printed value of ${number} answers this directly.`,
    `As the console shows (${number}), the calculation went through.`,
    `According to the retrieved snippet, it amounts to ${number}.`,
  ])} ${text}`
})

export const unshownImage = inLast(
  'image that nobody showed',
  (text, _, { word }) =>
    `${word(['Zooming in (image_51) makes it obvious.', 'Image #47 leaves no doubt.'])} ${text}`,
)

export const cutOff = inMiddle('truncated thought', (text, { word }) => {
  const whole = text.split(' ')
  const tail = word(['. Wait, maybe the', '\n\n1. Crop the image\n2. Count the', '— this is because'])
  return `${whole.slice(0, Math.max(3, Math.floor(whole.length / 2))).join(' ')} ${tail}`
})

export const refused = inMiddle(
  'refusal',
  (text, { word }) =>
    `${word([
      'I must respectfully decline to answer.',
      'This request may violate our content policy, and I am unable to fulfil it.',
      "Thanks for the question! However, I'm not allowed to comment on images like this one.",
    ])} ${text}`,
)

/** An empty picture is taken for a look at the object. */
export const blankCrop: Fault = {
  name: 'blank crop called a success',
  async plant(good, hand) {
    const [image] = good.task.images
    if (!image) return null
    const [left, top] = [image.width + 10, image.height + 10]
    const turn = await hand.perform(untilLast(good), {
      thought: 'I enlarge the part that matters.',
      code: `display(image_1.convert('RGB').crop((${left}, ${top}, ${left + 80}, ${top + 80})))`,
    })
    const success = 'Looking at the cropped image, I can now clearly identify the relevant object.'
    return withTurn(
      withTurnsBeforeLast(good, [turn]),
      -1,
      saying(text => `${success} ${text}`),
    )
  },
}

/** The only output says otherwise, and the answer is right. */
export const outputAgainstAnswer: Fault = {
  name: 'output against the right answer',
  async plant(good, hand) {
    const wrong = wrongFor(answerOf(good), hand.chance, hand.others)
    const answer: Turn['reply'] | undefined = good.turns.at(-1)?.reply
    if (wrong === null || !answer) return null
    const code = `hist = image_1.convert("L").histogram()\nlookup = [${JSON.stringify(wrong)} for _ in hist]\nprint("Value at the peak:", lookup[hist.index(max(hist))])`
    const turn = await hand.perform({ ...good, turns: [] }, { thought: 'I measure the image.', code })
    const text = `That settles it.\n<answer>${answerOf(good)}</answer>`
    return { ...good, turns: [turn, { reply: { ...answer, text }, observations: [] }] }
  },
}
