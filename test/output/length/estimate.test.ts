import { expect, test } from 'vitest'
import { estimatedTokens } from '../../../output/length/estimate.ts'

/** Texts as they stand in rows, and the tokens that Qwen2.5's tokenizer makes of them. */
const facts: [name: string, text: string, tokens: number][] = [
  [
    'prose',
    'You are a careful visual problem solver. Think step by step before every call, and use your tools wherever looking or measuring beats guessing.',
    27,
  ],
  [
    'German prose',
    'Die Höhe der Säule im Diagramm beträgt ungefähr fünfundzwanzig Zentimeter, weshalb die Antwort nicht stimmt.',
    34,
  ],
  ['Russian prose', 'Высота столбца на диаграмме составляет примерно двадцать пять сантиметров.', 25],
  ['Chinese prose', '图中柱子的高度大约是二十五厘米，因此答案是错误的。', 16],
  ['Hindi prose', 'चार्ट में स्तंभ की ऊंचाई लगभग पच्चीस सेंटीमीटर है', 44],
  [
    'code',
    'crop = image_1.crop((120, 40, 360, 280)).resize((960, 960))\nfor x in range(0, 240, 8):\n    print(x, crop.getpixel((x, 17)))\n',
    65,
  ],
  ['a call', '{"name": "text_search", "arguments": {"query": "Estonia coastline km"}}', 20],
  [
    'a tool',
    '{"type":"function","function":{"name":"python","parameters":{"type":"object","required":["code"],"properties":{"code":{"type":"string","minLength":1}},"additionalProperties":false}}}',
    40,
  ],
  [
    'figures',
    'total: 1,196 km; broad gauge: 1,196 km 1.520-m and 1.524-m gauge (133 km electrified) (2014)',
    50,
  ],
  ['a formula', '\\frac{a}{b} = \\sqrt{x^2 + y_1^2} \\leq \\sum_{i=0}^{n} \\alpha_i', 36],
  ['an address', 'https://en.wikipedia.org/wiki/Special:Random?x=aB3dE5&utm_source=q9z8', 24],
  ['a thought', '<think>\nThe closest match is the flag of Estonia.\n</think>\n\n<answer>3794</answer>', 25],
]

test.each(facts)('%s is not guessed too short, nor at more than four times', (_, text, tokens) => {
  expect(estimatedTokens(text)).toBeGreaterThanOrEqual(tokens)
  expect(estimatedTokens(text)).toBeLessThanOrEqual(4 * tokens)
})

test('nothing is no token', () => {
  expect(estimatedTokens('')).toBe(0)
})
