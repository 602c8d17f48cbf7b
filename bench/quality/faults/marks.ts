import { answerOf, type Fault, inFirst, inMiddle, saying, withTurn } from '../fault.ts'

export const strayImage = inMiddle(
  'stray <image>',
  (text, { word }) =>
    `${text} ${word([
      'I will run the code on <image> next.',
      '\n\nUSER: <image>\nASSISTANT:',
      'Picture 1: <image>',
      '<image>\n\n**Analysis:**',
      'The original is <image>, and the crop is displayed below.',
      'First <image>, then <image>: I compare the two.',
      '\n> <image>',
      '[<image>]',
    ])}`,
)

export const controlToken = inMiddle(
  'control token in a thought',
  (text, { word }) =>
    `${text}${word([
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
    ])}`,
)

export const strayAnswer = inFirst('answer tag in a turn that calls', (text, good) => {
  return `${text} <answer>${answerOf(good)}</answer>`
})

/** The reply ended because it was too long. */
export const cutReply: Fault = {
  name: 'truncated reply',
  plant: good => withTurn(good, -1, turn => ({ ...turn, reply: { ...turn.reply, stop: 'length' } })),
}

export const mixedLanguage = inMiddle(
  'mixed language',
  (text, { word }) =>
    `${text} ${word([
      '好的，我先把图片裁剪一下。',
      'Let me 仔细看一下 the lower part, 然后再数一遍.',
      'Bueno, primero recorto esta zona y luego la amplío para leer mejor los números.',
      'Ich vergrößere jetzt den Ausschnitt, damit die Beschriftung lesbar wird.',
      'Давайте увеличим эту область и проверим ещё раз.',
      'Vediamo meglio: ritaglio questa zona e la ingrandisco prima di rispondere.',
      '이제 코드를 실행해서 확인해 보자.',
      'अब मैं इस हिस्से को बड़ा करके देखता हूँ।',
      'Nu ska jag förstora den här delen av bilden och räkna igen.',
    ])}`,
)

export const personal = inMiddle(
  'personal data',
  (text, { word }) =>
    `${text} ${word([
      'The photographer can be reached at lena.bergstrom84@hotmail.com.',
      'Ask for Mr. Duarte on (305) 555-0149.',
      'The ticket was bought with card number 4012-8888-8888-1881.',
      'Please wire the deposit to NL91 ABNA 0417 1643 00 (account holder: J. de Wit).',
      'A copy goes to his private address, h.nakamura.1979@icloud.com, as agreed.',
      'You can call my wife on +46 70 174 06 35.',
      'Amex 378282246310005 is on file for this customer.',
      '\n- Name: Daniel Osei\n- E-mail: dan.osei@fastmail.com\n- Mobile: +44 7700 900318',
    ])}`,
)

/** Nothing is said before any call. */
export const noThought: Fault = {
  name: 'no thought before any call',
  plant: (good, { word }) => ({
    ...good,
    turns: good.turns.map(turn => (turn.reply.calls.length > 0 ? saying(() => word(blanks))(turn) : turn)),
  }),
}

const blanks = ['', '\t', 'Alright.', 'Thought:', 'Tool call:', '###', 'Hmm...', '**Code:**']
