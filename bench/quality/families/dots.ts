import { type Random, random } from '../../../examples/demo/random.ts'
import { renderPng } from '../../../examples/demo/render.ts'
import type { TaskDraft, TaskSource } from '../../../tasks/source.ts'
import type { Seen, Skill, Step } from '../../../teachers/program/skill.ts'
import { conclude, giveUp, printed, run } from '../../../teachers/program/skills/script.ts'

const colours = { red: '#d62728', green: '#2ca02c', blue: '#1f4fd6' } as const
type Colour = keyof typeof colours
const names = Object.keys(colours) as Colour[]
type Counts = Record<Colour, number>

type Ask = (counts: Counts, chance: Random) => Pick<TaskDraft, 'question' | 'answer' | 'answerType'>

const asks: Ask[] = [
  (counts, chance) => {
    const colour = chance.pick(names)
    return {
      question: `How many ${colour} dots are there?`,
      answer: String(counts[colour]),
      answerType: 'number',
    }
  },
  counts => {
    const [most = 'red'] = names.toSorted((a, b) => counts[b] - counts[a])
    return { question: 'Which colour do most of the dots have?', answer: most, answerType: 'text' }
  },
  (counts, chance) => {
    const [one = 'red', other = 'blue'] = chance.sample(names, 2)
    return {
      question: `Are there more ${one} dots than ${other} ones?`,
      answer: String(counts[one] > counts[other]),
      answerType: 'boolean',
    }
  },
  (counts, chance) => {
    const colour = chance.pick(names)
    const all = names.reduce((sum, name) => sum + counts[name], 0)
    return {
      question: `What percentage of the dots are ${colour}? Give one decimal.`,
      answer: ((100 * counts[colour]) / all).toFixed(1),
      answerType: 'number',
    }
  },
]

/** Dots of three colours, none touching another, with questions that counting answers. The seed decides every byte. */
export const dots = ({ seed, count }: { seed: number; count: number }): TaskSource => ({
  name: 'dots',
  options: { seed, count },
  async *read() {
    for (let index = 0; index < count; index++) yield draft(seed, index)
  },
})

function draft(seed: number, index: number): TaskDraft {
  const chance = random(`dots/${seed}/${index}`)
  // No two of the counts are equal, so that one colour is the most frequent.
  const [red = 0, green = 0, blue = 0] = chance.sample([3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14], 3)
  const counts = { red, green, blue }
  const id = `dots/${String(index + 1).padStart(4, '0')}`
  return {
    place: id,
    id,
    images: [{ place: id, bytes: renderPng(picture(counts, chance)) }],
    choices: null,
    ...(asks[index % asks.length] ?? asks[0])?.(counts, chance),
    tolerance: null,
    category: 'perception',
    source: { name: 'dots', licence: 'Apache-2.0' },
    meta: { counts },
  } as TaskDraft
}

/** Dots in cells of a grid, each somewhere in its own. */
function picture(counts: Counts, chance: Random): string {
  const [columns, rows] = [9, 6]
  const cell = chance.integer(48, 70)
  const places = chance.sample(
    Array.from({ length: columns * rows }, (_, index) => index),
    columns * rows,
  )
  const inks = names.flatMap(name => Array.from({ length: counts[name] }, () => colours[name]))
  const circles = inks.map((ink, index) => {
    const place = places[index] ?? 0
    const radius = chance.integer(8, Math.floor(cell / 2) - 6)
    const slack = Math.floor(cell / 2) - radius - 3
    const x = (place % columns) * cell + cell / 2 + chance.integer(-slack, slack)
    const y = Math.floor(place / columns) * cell + cell / 2 + chance.integer(-slack, slack)
    return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${ink}"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${columns * cell}" height="${rows * cell}">${circles.join('')}</svg>`
}

const look = `import numpy as np
from PIL import Image

rgb = np.asarray(image_1.convert('RGB')).astype(int)
ink = (rgb.min(axis=2) < 120)
ys, xs = np.nonzero(ink)
box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
print('dots lie within', box)
display(image_1.crop(box).resize((900, 600), Image.LANCZOS))`

const measure = `import cv2

strongest = rgb.argmax(axis=2)
counts = {}
for channel, name in enumerate(['red', 'green', 'blue']):
    mask = (ink & (strongest == channel)).astype(np.uint8)
    found, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    counts[name] = int((stats[1:, cv2.CC_STAT_AREA] > 60).sum())
print(counts)`

/** Counts the patches of each colour. */
export const dotsSkill: Skill = {
  name: 'dots',
  fits: question => /\bdots\b/.test(question),
  next: seen => [lookFirst, count][seen.steps.length]?.(seen) ?? decide(seen),
}

const lookFirst = (seen: Seen): Step =>
  run(
    seen,
    ['I crop to where the dots are and enlarge that.', 'Let me look at the dots enlarged before counting.'],
    look,
  )

const count = (seen: Seen): Step =>
  run(
    seen,
    [
      'The dots stand apart, so each patch of one colour is a dot. I count patches by colour.',
      'I separate the three colours and count connected patches of each.',
    ],
    measure,
  )

function decide(seen: Seen): Step {
  if (/percentage/.test(seen.question) && seen.steps.length < 3) {
    const [, colour = ''] = /are (\w+)\?/.exec(seen.question) ?? []
    const code = `share = 100 * counts['${colour}'] / sum(counts.values())\nprint(f'{share:.1f}')`
    return run(seen, [`Now the share of the ${colour} ones among all dots.`], code)
  }
  const found = countsIn(printed(seen))
  if (!found) return giveUp('I cannot tell the colours apart.')
  const told = names.map(name => `${found[name]} ${name}`).join(', ')
  return conclude(seen, [`I counted ${told}.`, `By colour there are ${told}.`], answerFrom(seen, found))
}

function countsIn(text: string): Counts | null {
  const [, red, green, blue] = /\{'red': (\d+), 'green': (\d+), 'blue': (\d+)\}/.exec(text) ?? []
  return red ? { red: Number(red), green: Number(green), blue: Number(blue) } : null
}

function answerFrom(seen: Seen, counts: Counts): string {
  const { question } = seen
  const asked = names.filter(name => question.includes(name))
  const byPlace = asked.toSorted((a, b) => question.indexOf(a) - question.indexOf(b))
  const [one = 'red', other = 'blue'] = byPlace
  if (/percentage/.test(question)) return /([\d.]+)\s*$/m.exec(seen.steps.at(-1)?.text ?? '')?.[1] ?? ''
  if (/^Which/.test(question)) return names.toSorted((a, b) => counts[b] - counts[a])[0] ?? ''
  if (/^Are/.test(question)) return counts[one] > counts[other] ? 'Yes' : 'No'
  return String(counts[one])
}
