import { answerOf, type Fault, saying, spoken, withTurn } from '../fault.ts'
import { wrongFor } from '../wrong.ts'

/** What stands behind the words of a turn that calls. */
const behind: Record<string, string[]> = {
  'stray <image>': [
    'I will run the code on <image> next.',
    '\n\nUSER: <image>\nASSISTANT:',
    'Picture 1: <image>',
    '<image>\n\n**Analysis:**',
    'The original is <image>, and the crop is displayed below.',
    'First <image>, then <image>: I compare the two.',
    '\n> <image>',
    '[<image>]',
  ],
  'control token in a thought': [
    '<|box_start|>(214,388),(402,511)<|box_end|>',
    '<start_of_turn>model',
    '<|start|>assistant<|channel|>analysis<|message|>',
    '<|return|>',
    '[/INST]',
    '<|begin_of_text|>',
    '<|observation|>',
    '<｜tool▁calls▁begin｜>',
    '<end_of_utterance>',
    '</function_calls>',
  ],
  'mixed language': [
    '好的，我先把图片裁剪一下。',
    'Let me 仔细看一下 the lower part, 然后再数一遍.',
    'Bueno, primero recorto esta zona y luego la amplío para leer mejor los números.',
    'Ich vergrößere jetzt den Ausschnitt, damit die Beschriftung lesbar wird.',
    'Давайте увеличим эту область и проверим ещё раз.',
    'Vediamo meglio: ritaglio questa zona e la ingrandisco prima di rispondere.',
    '이제 코드를 실행해서 확인해 보자.',
    'अब मैं इस हिस्से को बड़ा करके देखता हूँ।',
    'Nu ska jag förstora den här delen av bilden och räkna igen.',
  ],
  'personal data': [
    'The photographer can be reached at lena.bergstrom84@hotmail.com.',
    'Ask for Mr. Duarte on (305) 555-0149.',
    'The ticket was bought with card number 4012-8888-8888-1881.',
    'Please wire the deposit to NL91 ABNA 0417 1643 00 (account holder: J. de Wit).',
    'A copy goes to his private address, h.nakamura.1979@icloud.com, as agreed.',
    'You can call my wife on +46 70 174 06 35.',
    'Amex 378282246310005 is on file for this customer.',
    '\n- Name: Daniel Osei\n- E-mail: dan.osei@fastmail.com\n- Mobile: +44 7700 900318',
  ],
}

export const marks = Object.entries(behind).map(([name, ways]) =>
  spoken(name, 'calling', (text, _, { word }) => `${text} ${word(ways)}`),
)

export const strayAnswer = spoken(
  'answer tag in a turn that calls',
  'first',
  (text, good) => `${text} <answer>${answerOf(good)}</answer>`,
)

/** The reply ended because it was too long. */
export const cutReply: Fault = {
  name: 'truncated reply',
  plant: good => withTurn(good, -1, turn => ({ ...turn, reply: { ...turn.reply, stop: 'length' } })),
}

/** Nothing is said before any call. */
export const noThought: Fault = {
  name: 'no thought before any call',
  plant: (good, { word }) => ({
    ...good,
    turns: good.turns.map(turn => (turn.reply.calls.length > 0 ? saying(() => word(blanks))(turn) : turn)),
  }),
}

const blanks = ['', '\t', 'Alright.', 'Thought:', 'Tool call:', '###', 'Hmm...', '**Code:**']

/** A result that is told before any call was made. */
export const inventedResult = spoken('invented result', 'first', (text, good, { word }) => {
  const told = answerOf(good)
  return `${text} ${word([
    `\n\n\`\`\`tool_outputs\n${told}\n\`\`\``,
    `\n\n[Output]\n${told}`,
    `\n\nOut[1]: '${told}'`,
    `\n<function_results>\n<output>${told}</output>\n</function_results>`,
    `\n\nstdout: ${told}\nexit code: 0`,
  ])}`
})

export const untrueSum = spoken('untrue equation', 'last', (text, _, { chance, word }) => {
  const [a, b, off] = [chance.integer(12, 60), chance.integer(12, 60), chance.integer(1, 9)]
  return `${word([
    `Summing up gives ${a} + ${b} = ${a + b + off} in total.`,
    `${a}+${b}=${a + b - off}, which matches.`,
    `\\[ ${a} + ${b} = ${a + b + off} \\]`,
    `Dividing, ${a * b} ÷ ${b} = ${a - off - 1}.`,
    `The difference is ${a + b} − ${a} = ${b - off}, so nothing is missing.`,
    `${a} * ${b} = ${a * b + 10 * off}, as computed.`,
    `On average that is (${a} + ${b}) / 2 = ${(a + b) / 2 + off}.`,
    `To be sure: ${a + b} minus ${b} equals ${a - off}, as it should.`,
    `${a}% of 200 = ${2 * a + off}, so the share is right.`,
  ])} ${text}`
})

/** Another answer of the same kind that looks right, in the last words too. */
export const wrongAnswer: Fault = {
  name: 'wrong answer that looks right',
  plant(good, { chance, others }) {
    const wrong = wrongFor(answerOf(good), chance, others)
    if (wrong === null) return null
    const copy = withTurn(
      good,
      -1,
      saying(text => text.replaceAll(answerOf(good), wrong)),
    )
    return { ...copy, outcome: { kind: 'answered', answer: wrong } }
  },
}

/** Right, and nothing was looked at. */
export const unlookedAnswer: Fault = {
  name: 'answer without looking',
  plant: good => ({ ...good, turns: good.turns.slice(-1) }),
}
