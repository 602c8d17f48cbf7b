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
      ],
      other: [
        '<image>\nWith this picture in view, I can continue.',
        '![cropped region](<image>)',
        'Given the photo <image>, the next step is clear.',
        'Image: <image>',
        'The cropped view (<image>) is what I need now.',
        '**Input:** <image>',
        '<image><image> Both views agree.',
        'user: <image>',
      ],
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
        '<|eot_id|>',
        '</code>',
        '<|assistant|>',
        '<tool_response>',
        '<|object_ref_start|>',
      ],
      other: [
        '<|vision_end|>',
        '<|image_pad|>',
        '<end_of_turn>',
        '<|channel|>final<|message|>',
        '<|python_tag|>',
        '</s>',
        '<|start_header_id|>assistant<|end_header_id|>',
        '[TOOL_CALLS]',
        '<|eom_id|>',
        '<｜end▁of▁sentence｜>',
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
    ],
    other: [
      'and the number on the left is',
      'to check whether the',
      "so let's",
      'I should crop the region around',
      'which would give a total of',
      'but since the label says "',
      'before I can',
      'First, I need to',
      '\n\n**Step 2:** Compute the',
      'because if it were',
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
      ],
      other: [
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
      ],
      other: [
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
      ],
      other: [
        'The invoice lists marta.kowalczyk1987@yahoo.com as the contact.',
        'For questions, reach Dr. Haas at +49 30 23125 417.',
        'Text me on 07700 900461 (UK) if that is unclear.',
        'You can also reach out to Priya (priya-r.nair@proton.me), who took the photo.',
        'Payment went through with Mastercard 5555 5555 5555 4444, exp. 09/27.',
        'IBAN: GB29 NWBK 6016 1331 9268 19',
        "The owner's mobile is +61 491 570 156.",
        '**Email:** tomas_oliveira@icloud.com, **Tel.:** (646) 555-0134',
      ],
    })}`,
)

export const noThought = inMiddle('call without a thought', (_, { word }) =>
  word({
    known: ['', '', 'Ok.', 'Next:', 'Go.', '...'],
    other: ['\n\n', 'Okay.', 'Sure.', 'Action:', 'Step 2:', '—', '```python', 'Continue.'],
  }),
)
