import type { Part } from '../../../schemas/task.ts'
import type { Observation, Trajectory } from '../../../schemas/trajectory.ts'
import { answerOf, cellTurns, type Fault, withTurn } from '../fault.ts'

/** The question shows another task's image, with everything else as it was. */
export const swappedImage: Fault = {
  name: 'swapped image',
  plant(good, { chance, others }) {
    const [first, ...rest] = good.task.images
    const images = others.flatMap(({ task }) => task.images).filter(({ pixels }) => pixels !== first?.pixels)
    if (!first || images.length === 0) return null
    const swapped = chance.pick(images)
    const show = (part: Part): Part =>
      part.type === 'image' && part.image.sha256 === first.sha256 ? { ...part, image: swapped } : part
    return {
      ...good,
      task: { ...good.task, images: [swapped, ...rest] },
      question: good.question.map(show),
    }
  },
}

/** What the last cell printed has another number in it, for eyes and for machines. */
export const editedOutput: Fault = {
  name: 'edited stdout',
  plant(good, { chance }) {
    const turn = cellTurns(good).at(-1)
    return turn === undefined ? null : edited(good, turn, raised(chance.integer(1, 8)))
  },
}

/** What a search found says another number. */
export const editedResult: Fault = {
  name: 'edited search result',
  plant(good, { chance }) {
    const turn = good.turns.findLastIndex(({ observations }) =>
      observations.some(
        ({ data }) => data?.kind === 'results' && /\d{3}/.test(data.results[0]?.snippet ?? ''),
      ),
    )
    return turn < 0 ? null : edited(good, turn, raised(chance.integer(1, 8)))
  },
}

/** A cell shows a picture that it did not make. */
export const editedPicture: Fault = {
  name: 'edited picture of a cell',
  plant(good, { chance, others }) {
    const turn = cellTurns(good).find(index => cellImage(good, index))
    const image = turn === undefined ? null : cellImage(good, turn)
    const strange = others.flatMap(({ task }) => task.images)
    if (turn === undefined || !image || strange.length === 0) return null
    const wrong = chance.pick(strange)
    return withObservations(good, turn, observation => ({
      ...observation,
      parts: observation.parts.map(part =>
        part.type === 'image' && part.image.pixels === image.pixels ? { ...part, image: wrong } : part,
      ),
      data:
        observation.data?.kind === 'cell'
          ? {
              ...observation.data,
              images: observation.data.images.map(each => (each.pixels === image.pixels ? wrong : each)),
            }
          : observation.data,
    }))
  },
}

/** The question lacks the image that it asks about. */
export const missingImage: Fault = {
  name: 'question without its image',
  plant: good => ({ ...good, question: good.question.filter(({ type }) => type !== 'image') }),
}

/** A call without what came of it. */
export const missingObservation: Fault = {
  name: 'call without observation',
  plant: good => withTurn(good, 0, turn => ({ ...turn, observations: turn.observations.slice(1) })),
}

/** All searches came back empty, and it answers as if they had not. */
export const emptiedSearches: Fault = {
  name: 'answer from empty searches',
  plant(good) {
    if (!good.turns.some(({ observations }) => observations.some(({ data }) => data?.kind === 'results')))
      return null
    return {
      ...good,
      turns: good.turns.map(turn => ({ ...turn, observations: turn.observations.map(emptied) })),
    }
  },
}

/** What was found says nothing, and the answer stands in its address alone. */
export const answerInAddress: Fault = {
  name: 'answer from an address',
  plant(good, { word }) {
    const last = good.turns.findLastIndex(({ observations }) =>
      observations.some(({ data }) => data?.kind === 'results'),
    )
    if (last < 0 || numbersOf(good.turns.slice(0, last)).some(each => answerOf(good).includes(each)))
      return null
    const slug = answerOf(good).toLowerCase().replaceAll(' ', '-')
    const link = word([
      `https://example.com/faq/answer-is-${slug}`,
      `https://www.example.net/search?query=${encodeURIComponent(answerOf(good))}&lang=en`,
      `https://example.org/tags/${slug}/page/2`,
      `https://${slug}.example.com/index.php`,
      `https://example.net/articles/${slug}-explained`,
      `https://example.org/#/results/${slug}`,
      `https://files.example.com/docs/${slug}.pdf`,
    ])
    const turns = [...good.turns.slice(0, last + 1), ...good.turns.slice(-1)]
    return withObservations({ ...good, turns }, last, observation => linked(observation, link))
  },
}

/** Numbers of three digits and more that calls gave. */
const numbersOf = (turns: Trajectory['turns']): string[] =>
  turns.flatMap(({ observations }) =>
    observations.flatMap(({ parts }) =>
      parts.flatMap(part =>
        part.type === 'text' ? (part.text.replaceAll(',', '').match(/\d{3,}/g) ?? []) : [],
      ),
    ),
  )

function linked(observation: Observation, link: string): Observation {
  const { data } = observation
  const [first] = data?.kind === 'results' ? data.results : []
  if (data?.kind !== 'results' || !first) return observation
  const result = { ...first, id: 'quiz', title: 'Quiz of the day', snippet: 'Play our quiz.', link }
  const text = `Found 1 result for "${data.query}":\n1. ${result.title} (link: ${link})\n${result.snippet}`
  return { ...observation, parts: [{ type: 'text', text }], data: { ...data, results: [result] } }
}

function emptied(observation: Observation): Observation {
  const { data } = observation
  if (data?.kind !== 'results') return observation
  const text = `Found no results for "${data.query}".`
  return { ...observation, parts: [{ type: 'text', text }], data: { ...data, results: [] } }
}

const cellImage = ({ turns }: Trajectory, index: number) =>
  turns[index]?.observations.flatMap(({ data }) => (data?.kind === 'cell' ? data.images : []))[0]

const withObservations = (good: Trajectory, index: number, change: (seen: Observation) => Observation) =>
  withTurn(good, index, turn => ({ ...turn, observations: turn.observations.map(change) }))

/** The last number of a text, with another digit at its end. */
const raised =
  (by: number) =>
  (text: string): string =>
    text.replace(/\d(?=\D*$)/, digit => String((Number(digit) + by) % 10))

/** The same change in the text that was shown and in the data. */
function edited(good: Trajectory, turn: number, change: (text: string) => string): Trajectory | null {
  const copy = withObservations(good, turn, observation => {
    const before = told(observation)
    const after = change(before)
    if (before === '' || before === after) return observation
    const parts = observation.parts.map(part =>
      part.type === 'text' ? { ...part, text: part.text.replace(before.trimEnd(), after.trimEnd()) } : part,
    )
    return { ...observation, parts, data: retold(observation.data, after) }
  })
  return JSON.stringify(copy) === JSON.stringify(good) || answerOf(good) === '' ? null : copy
}

function told({ data }: Observation): string {
  return (data?.kind === 'cell' ? data.stdout : data?.results[0]?.snippet) ?? ''
}

function retold(data: Observation['data'], text: string): Observation['data'] {
  if (data?.kind === 'cell') return { ...data, stdout: text }
  const [first, ...rest] = data?.results ?? []
  return data && first ? { ...data, results: [{ ...first, snippet: text }, ...rest] } : data
}
