import { answerOf, type Fault, inFirst, inMiddle, withTurn } from '../fault.ts'

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
        'as <image> makes clear',
        '<image> Now on.',
        '-- <image> --',
        '<image>\nWith this picture in view, I can continue.',
        '![cropped region](<image>)',
        'Given the photo <image>, the next step is clear.',
        'Image: <image>',
        'The cropped view (<image>) is what I need now.',
        '**Input:** <image>',
        '<image><image> Both views agree.',
        'user: <image>',
      ],
      other: [
        'I will run the code on <image> next.',
        '\n\nUSER: <image>\nASSISTANT:',
        'Picture 1: <image>',
        '<image>\n\n**Analysis:**',
        'The original is <image>, and the crop is displayed below.',
        'First <image>, then <image>: I compare the two.',
        '\n> <image>',
        '[<image>]',
      ],
    })}`,
)

export const controlToken = inMiddle(
  'control token in a thought',
  (text, { word }) =>
    `${text}${word({
      known: [
        ...['<|im_end|>', '<|endoftext|>', '<|im_start|>assistant', '<tool_call>', '</think>'],
        ...['<|vision_start|>', '</tool_call>', '<|user|>', '<think>', '<code>', '<|eot_id|>'],
        ...['</code>', '<|assistant|>', '<tool_response>', '<|object_ref_start|>'],
        ...['<|vision_end|>', '<|image_pad|>', '<end_of_turn>', '<|channel|>final<|message|>'],
        ...['<|python_tag|>', '</s>', '<|start_header_id|>assistant<|end_header_id|>'],
        ...['[TOOL_CALLS]', '<|eom_id|>', '<｜end▁of▁sentence｜>'],
      ],
      other: [
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
      'in order to see the',
      'which is why I',
      'a value that is larger than the',
      'because it',
      'and',
      'to check whether the',
      'but since the label says "',
      '\n\n**Step 2:** Compute the',
      'because if it were',
    ],
    other: [
      '. Wait, maybe the',
      '\n\n1. Crop the image\n2. Count the',
      "but it doesn't look like the",
      '— this is because',
    ],
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
        'Ich schaue jetzt genauer hin und zähle alles noch einmal nach.',
        '지금 이미지를 더 자세히 살펴보겠습니다.',
        'Vou olhar a imagem com mais atenção antes de responder.',
        'Сейчас посмотрю ещё раз.',
        '接下来用代码把这个区域放大。',
        'Wait, 这里好像不太对, 我再确认一下颜色。',
        'Laten we dit deel van de afbeelding uitvergroten en daarna opnieuw tellen.',
        'Najpierw powiększę ten fragment obrazu, a potem policzę wszystko od nowa.',
        'Şimdi görüntünün bu kısmını büyütüp tekrar kontrol edeceğim.',
        'الآن سأكبّر هذا الجزء من الصورة.',
        'Bây giờ tôi sẽ phóng to phần này để đọc cho rõ.',
        "D'abord, je recadre la zone utile pour mieux lire ce qui y est écrit.",
        'では、次にコードで確認します。',
      ],
      other: [
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
        'I am not able to comply with that.',
        'I have no way of viewing images.',
        'My guidelines do not allow me to answer this.',
        "I can't process images directly, so I'm not able to answer this.",
        'Unfortunately, this is something I must decline to do.',
        "I'm afraid I can't assist with identifying what is in this picture.",
        'As a text-based model, I have no access to the picture you uploaded.',
        'I apologize, but answering this would go against my usage policies.',
        'It looks like no image came through on my end, so there is nothing I can describe.',
        "Sorry, that's not something I can help you with.",
        '**Note:** I do not possess visual capabilities and therefore cannot inspect the picture.',
        "I won't be providing an answer to this question.",
      ],
      other: [
        "I'm really sorry, but I'm not able to help with this one.",
        "I can't see the image you're referring to; could you please upload it again?",
        'I must respectfully decline to answer.',
        "As an AI, I don't have eyes, so I can't actually look at pictures.",
        'I was not given any image, so I am unable to answer the question.',
        'This request may violate our content policy, and I am unable to fulfil it.',
        'My apologies, but analysing pictures is beyond what I can do.',
        "Thanks for the question! However, I'm not allowed to comment on images like this one.",
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
        'Write to the author at k.lindqvist@posteo.se for details.',
        'My phone is +44 20 7946 0958.',
        'Her social security number is 219-09-9999.',
        'The invoice lists marta.kowalczyk1987@yahoo.com as the contact.',
        'For questions, reach Dr. Haas at +49 30 23125 417.',
        'Text me on 07700 900461 (UK) if that is unclear.',
        'You can also reach out to Priya (priya-r.nair@proton.me), who took the photo.',
        'Payment went through with Mastercard 5555 5555 5555 4444, exp. 09/27.',
        'IBAN: GB29 NWBK 6016 1331 9268 19',
        "The owner's mobile is +61 491 570 156.",
        '**Email:** tomas_oliveira@icloud.com, **Tel.:** (646) 555-0134',
      ],
      other: [
        'The photographer can be reached at lena.bergstrom84@hotmail.com.',
        'Ask for Mr. Duarte on (305) 555-0149.',
        'The ticket was bought with card number 4012-8888-8888-1881.',
        'Please wire the deposit to NL91 ABNA 0417 1643 00 (account holder: J. de Wit).',
        'A copy goes to his private address, h.nakamura.1979@icloud.com, as agreed.',
        'You can call my wife on +46 70 174 06 35.',
        'Amex 378282246310005 is on file for this customer.',
        '\n- Name: Daniel Osei\n- E-mail: dan.osei@fastmail.com\n- Mobile: +44 7700 900318',
      ],
    })}`,
)

export const noThought = inMiddle('call without a thought', (_, { word }) =>
  word({
    known: [
      ...['', '', 'Ok.', 'Next:', 'Go.', '...', '\n\n', 'Okay.', 'Sure.', 'Action:'],
      ...['Step 2:', '—', '```python', 'Continue.'],
    ],
    other: ['\t', 'Alright.', 'Thought:', 'Tool call:', '###', 'Hmm...', 'Next step', '**Code:**'],
  }),
)
