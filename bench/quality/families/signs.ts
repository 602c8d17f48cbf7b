import { entries } from '../../../examples/demo/charts/data.ts'
import { type Random, random } from '../../../examples/demo/random.ts'
import { fontFamily, renderPng } from '../../../examples/demo/render.ts'
import type { TaskDraft, TaskSource } from '../../../tasks/source.ts'
import type { Script } from '../../../teachers/program/replay.ts'
import { replay, Stuck } from '../../../teachers/program/replay.ts'
import type { Seen, Skill } from '../../../teachers/program/skill.ts'
import { resultsIn, sectionOf } from '../../../teachers/program/skills/observed.ts'
import { conclude, say } from '../../../teachers/program/skills/script.ts'
import { type TextCorpus, textCorpus } from '../../../tools/corpus/text-corpus.ts'

interface Airport {
  code: string
  name: string
  city: string
  state: string
  latitude: number
}

function airports(): Airport[] {
  return entries('airports.csv').flatMap(({ iata, name, city, state, latitude }) =>
    /^[A-HJ-NP-Z]{3}$/.test(String(iata)) && /^[A-Z][a-z]+(?: [A-Z][a-z]+)?$/.test(String(city))
      ? [
          {
            code: String(iata),
            name: String(name),
            city: String(city),
            state: String(state),
            latitude: Number(latitude),
          },
        ]
      : [],
  )
}

/** Airports of the United States for a text search, kept at `path`. */
export const airportCorpus = ({ path }: { path: string }): Promise<TextCorpus> =>
  textCorpus({ path, name: 'airports', licence: 'US Government work', passages: passages() })

const passages = (): AsyncIterable<{ id: string; title: string; text: string }> => ({
  async *[Symbol.asyncIterator]() {
    for (const { code, name, city, state, latitude } of airports())
      yield {
        id: code.toLowerCase(),
        title: `${code} airport`,
        text: `${name} serves ${city}, ${state}. Its latitude is ${latitude.toFixed(4)} degrees north.`,
      }
  },
})

type Asked = Pick<TaskDraft, 'question' | 'answer' | 'answerType' | 'category'>

const asks: ((airport: Airport, chance: Random) => Asked)[] = [
  ({ city }) => ({
    question: 'Which city is served by the airport whose code is on the sign?',
    answer: city,
    answerType: 'text',
    category: 'search',
  }),
  ({ latitude }) => ({
    question: 'At what latitude, to two decimals, is the airport whose code is on the sign?',
    answer: latitude.toFixed(2),
    answerType: 'number',
    category: 'search',
  }),
  ({ latitude }, chance) => {
    const from = chance.pick([20, 25, 50, 55])
    return {
      question: `How many degrees of latitude separate the airport on the sign from the ${from}th parallel north? Give two decimals.`,
      answer: Math.abs(latitude - from).toFixed(2),
      answerType: 'number',
      category: 'integration',
    }
  },
]

/** Signs with an airport's code, and questions that the airport's passage answers. The seed decides every byte. */
export const signs = ({ seed, count }: { seed: number; count: number }): TaskSource => ({
  name: 'signs',
  options: { seed, count },
  async *read() {
    const chosen = random(`signs/${seed}`).sample(airports(), count)
    for (const [index, airport] of chosen.entries()) yield draft(seed, index, airport)
  },
})

function draft(seed: number, index: number, airport: Airport): TaskDraft {
  const chance = random(`signs/${seed}/${index}`)
  const id = `signs/${String(index + 1).padStart(4, '0')}`
  return {
    place: id,
    id,
    images: [{ place: id, bytes: renderPng(picture(airport.code, chance)) }],
    choices: null,
    ...(asks[index % asks.length] as (typeof asks)[number])(airport, chance),
    tolerance: null,
    source: { name: 'airports', licence: 'US Government work' },
    meta: {},
  }
}

function picture(code: string, chance: Random): string {
  const [width, height] = [chance.integer(420, 900), chance.integer(300, 600)]
  const [x, y] = [chance.integer(20, width - 280), chance.integer(20, height - 130)]
  const trees = Array.from({ length: 14 }, () => {
    const side = chance.integer(20, 90)
    const [left, top] = [chance.integer(0, width), chance.integer(0, height)]
    return `<rect x="${left}" y="${top}" width="${side}" height="${side * 2}" fill="${chance.pick(['#5b8c5a', '#89b0ae', '#c9ada7', '#b5838d'])}"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="${chance.pick(['#dfe7ee', '#e9e2d0', '#cfd8c8'])}"/>${trees.join('')}<rect x="${x}" y="${y}" width="250" height="100" fill="#ffd400" stroke="#000" stroke-width="5"/><text x="${x + 125}" y="${y + 75}" font-family="${fontFamily}" font-weight="bold" font-size="72" text-anchor="middle">${code}</text></svg>`
}

const readSign = `import numpy as np
import tesserocr

rgb = np.asarray(image_1.convert('RGB')).astype(int)
ys, xs = np.nonzero((rgb[..., 0] > 230) & (rgb[..., 1] > 190) & (rgb[..., 2] < 60))
sign = image_1.crop((int(xs.min()) + 4, int(ys.min()) + 4, int(xs.max()) - 3, int(ys.max()) - 3)).convert('L')
sign = sign.point(lambda v: 255 if v > 110 else 0)
sign = sign.resize((sign.width * 2, sign.height * 2))
with tesserocr.PyTessBaseAPI(psm=tesserocr.PSM.SINGLE_WORD) as ocr:
    ocr.SetVariable('tessedit_char_whitelist', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    ocr.SetImage(sign)
    print('sign:', ocr.GetUTF8Text().strip())
display(sign)`

/** Reads the sign and looks the airport up. */
export const signsSkill: Skill = {
  name: 'signs',
  fits: question => /\bairport\b/.test(question),
  next: seen => replay(solve, seen),
}

function* solve(seen: Seen): Script {
  const read = yield {
    kind: 'call',
    thought: say(seen, [
      'The sign is yellow. I crop to it and read its letters by OCR.',
      'I cut out the sign, enlarge it and let OCR read the code.',
    ]),
    name: 'python',
    arguments: { code: readSign },
  }
  const code = /sign: ([A-Z]{3})/.exec(sectionOf(read, 'stdout') ?? '')?.[1]
  if (!code) throw new Stuck('I cannot read the sign.')
  const found = yield {
    kind: 'call',
    thought: say(seen, [
      `It reads ${code}. I look that airport up.`,
      `The code is ${code}; what is known of it?`,
    ]),
    name: 'text_search',
    arguments: { query: `${code} airport` },
  }
  const passage = resultsIn(found).find(({ title }) => title === `${code} airport`)?.text
  const [, city, latitude] = /serves ([\w ]+), \w+\. Its latitude is ([\d.]+)/.exec(passage ?? '') ?? []
  if (!city || !latitude) throw new Stuck(`Nothing was found on ${code}.`)
  if (/^Which city/.test(seen.question))
    return conclude(seen, [`${code} serves ${city}.`, `The passage names the city: ${city}.`], city)
  return yield* byLatitude(seen, code, latitude)
}

function* byLatitude(seen: Seen, code: string, latitude: string): Script {
  const [, from] = /the (\d+)th parallel/.exec(seen.question) ?? []
  if (!from) return conclude(seen, [`${code} is at ${latitude} degrees.`], Number(latitude).toFixed(2))
  const text = yield {
    kind: 'call',
    thought: `${code} is at ${latitude} degrees north. I subtract in Python.`,
    name: 'python',
    arguments: { code: `airport = ${latitude}\nprint(f'{abs(airport - ${from}):.2f}')` },
  }
  const answer = sectionOf(text, 'stdout')
  if (!answer) throw new Stuck('The difference was not printed.')
  return conclude(
    seen,
    [`${answer} degrees lie between them.`, `The difference is ${answer} degrees.`],
    answer,
  )
}
