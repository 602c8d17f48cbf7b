import { afterAll, expect, test } from 'vitest'
import type { CheckContext } from '../../../checks/check.ts'
import { reexecutes } from '../../../checks/reexecutes.ts'
import { searchKey } from '../../../pipeline/ask/service-answers.ts'
import { couldNotTell } from '../../../schemas/measurement.ts'
import type { Observation, Trajectory } from '../../../schemas/trajectory.ts'
import { type ImageProvider, imageSearch } from '../../../tools/image-search.ts'
import { python } from '../../../tools/python.ts'
import { ServiceError } from '../../../tools/service.ts'
import { type TextProvider, textSearch } from '../../../tools/text-search.ts'
import { openCheckBench } from '../../check-context.ts'
import { image, png } from '../../fixtures.ts'
import { shown } from '../../tools/context.ts'

/** Knows two words, each with a picture. */
const words: TextProvider & ImageProvider & { asked: number } = {
  name: 'words',
  options: { edition: 1 },
  asked: 0,
  async search(query) {
    words.asked++
    if (query === 'broken') throw new ServiceError('words: it is down', { transient: false })
    return [1, 2].map(number => ({
      id: `${query}/${number}`,
      title: `${query} ${number}`,
      snippet: `It is at 0x7f3a${number} and has ${number}00 lakes.`,
      licence: null,
      score: 1 / number,
    }))
  },
  async byImage() {
    words.asked++
    return [{ id: 'a', title: 'A flag', licence: null, score: 1, thumbnail: await png(12, 12) }]
  },
}

const desk = await openCheckBench([python(), textSearch({ corpus: words }), imageSearch({ corpus: words })])
afterAll(() => desk[Symbol.asyncDispose]())

const searched = (query: string) => ({
  id: 'call_2',
  name: 'text_search',
  arguments: JSON.stringify({ query }),
})
const looked = (image: string) => ({
  id: 'call_1',
  name: 'image_search',
  arguments: JSON.stringify({ image }),
})

const looksUp = await desk.record([
  looked('image_1'),
  searched('Niger'),
  looked('image_2'),
  searched('broken'),
])
const measureAgain = (trajectory: Trajectory, changes: Partial<CheckContext> = {}) =>
  reexecutes().measure(trajectory, { ...desk.context, ...changes })

/** A copy of which this was changed, while it says nothing of it. */
function forged(change: (copy: Trajectory) => unknown): Trajectory {
  const copy = structuredClone(looksUp)
  change(copy)
  return copy
}

const seenIn = ({ turns }: Trajectory, turn: number): Observation => {
  const seen = turns[turn - 1]?.observations[0]
  if (!seen) throw new Error(`turn ${turn} saw nothing`)
  return seen
}

function resultIn(trajectory: Trajectory, turn: number, index = 0) {
  const { data } = seenIn(trajectory, turn)
  const result = data?.kind === 'results' ? data.results[index] : undefined
  if (!result) throw new Error(`turn ${turn} found no such result`)
  return result
}

const asBefore = 'cells run again: 0; searches looked up: 4'

test('searches are looked up in the record, without asking, those that failed too', async () => {
  const before = words.asked
  expect(await measureAgain(looksUp)).toEqual({ passed: true, reason: '', detail: asBefore })
  expect(words.asked).toBe(before)
})

const otherImage = image('other')

test.each<[string, (copy: Trajectory) => unknown, string | RegExp]>([
  [
    'an edited result',
    copy => Object.assign(resultIn(copy, 2, 1), { snippet: 'It is at 0x7f3a2 and has 900 lakes.' }),
    'text_search (turn 2): result 2 of 2: snippet line 1 was "It is at 0x7f3a2 and has 900 lakes.", now "It is at 0x7f3a2 and has 200 lakes."',
  ],
  [
    'an edited address, which is no address of memory here',
    copy => Object.assign(resultIn(copy, 2), { snippet: 'It is at 0x7f3a9 and has 100 lakes.' }),
    /^text_search \(turn 2\): result 1 of 2: snippet line 1 was/,
  ],
  [
    'a better title',
    copy => Object.assign(resultIn(copy, 1), { title: 'Chad' }),
    /^image_search \(turn 1\): .* title/,
  ],
  [
    'a link put in',
    copy => Object.assign(resultIn(copy, 2), { link: 'https://a.org/' }),
    /: link line 1 was .*, now missing$/,
  ],
  [
    'another thumbnail',
    copy => Object.assign(resultIn(copy, 1), { image: otherImage }),
    'image_search (turn 1): result 1 of 1: image 1 of 1 has other pixels',
  ],
  [
    'results taken away',
    copy =>
      Object.assign(seenIn(copy, 2), {
        data: { kind: 'results', provider: 'words', query: 'Niger', results: [] },
      }),
    'text_search (turn 2): 0 results before, 2 now',
  ],
  [
    'a search that failed and is said to have found something',
    copy => Object.assign(seenIn(copy, 4), { mistake: null, data: seenIn(copy, 2).data }),
    'text_search (turn 4): results before, no result now',
  ],
  [
    'a swapped image of the question',
    copy => copy.question.splice(0, 1, { type: 'image', image: otherImage }),
    `image_search (turn 1): it asks words for {"image":"${otherImage.sha256}","top":5}, which it did not ask then`,
  ],
  [
    'words that were not searched for',
    copy => Object.assign(copy.turns[1]?.reply.calls[0] ?? {}, searched('Chad')),
    'text_search (turn 2): it asks words for {"query":"Chad","top":5}, which it did not ask then',
  ],
])('%s is found', async (_, change, detail) => {
  expect(await measureAgain(forged(change))).toEqual({
    passed: false,
    reason: 'differs',
    detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
  })
})

test('no other environment excuses a search', async () => {
  const edited = forged(copy => Object.assign(resultIn(copy, 1), { title: 'Chad' }))
  expect(
    await measureAgain({ ...edited, environment: { ...edited.environment, hash: 'elsewhere' } }),
  ).toMatchObject({ reason: 'differs' })
})

const gone: CheckContext['recall'] = async (service, query) => {
  const { consulted } = await desk.context.recall(service, query)
  const { answer: _, ...rest } = consulted
  return { consulted: rest, answer: undefined }
}
const renewed: CheckContext['recall'] = async (service, query) => {
  const { consulted } = await desk.context.recall(service, query)
  return { consulted: { ...consulted, answer: 'another' }, answer: [] }
}
const reworked: CheckContext['recall'] = ({ name, options }, query) =>
  desk.context.recall({ name, options: { ...options, edition: 2 } }, query)

test.each([
  ['is gone', gone, 3],
  ['was said anew since', renewed, 3],
  ['is that of a service with other options', reworked, 4],
])(
  'of a record that %s nobody can tell, and what differs is found all the same',
  async (_, recall, silent) => {
    const detail = 'image_search (turn 1): what its service said then is not in the record'
    expect(await measureAgain(looksUp, { recall })).toEqual(couldNotTell('no_record', detail))
    const swapped = forged(copy => copy.question.splice(0, 1, { type: 'image', image: otherImage }))
    expect((await measureAgain(swapped, { recall })).couldNotTell).toBe(silent === 4 ? true : undefined)
  },
)

test('an older trajectory, which does not say what it asked, is compared as far as the record goes', async () => {
  const old = (change: (copy: Trajectory) => unknown = () => {}) =>
    forged(copy => {
      for (const { observations } of copy.turns) for (const seen of observations) delete seen.consulted
      change(copy)
    })
  const detail = 'cells run again: 0; searches looked up: 3; searches that could not be looked up: 1'
  expect(await measureAgain(old())).toEqual({ passed: true, reason: '', detail })
  expect(await measureAgain(old(copy => Object.assign(resultIn(copy, 1), { title: 'Chad' })))).toMatchObject({
    reason: 'differs',
  })
  expect(await measureAgain(old(), { recall: gone })).toMatchObject({ reason: 'no_record' })
  // It failed then, and another rollout found something since.
  await desk.store.put('searches', searchKey(words, { query: 'broken', top: 5 }), { answer: [] })
  expect(await measureAgain(old())).toEqual({ passed: true, reason: '', detail })
  expect(await measureAgain(looksUp)).toMatchObject({ passed: true, detail: asBefore })
})

test('a swapped image that a search showed is found', async () => {
  const swapped = forged(copy => seenIn(copy, 1).parts.splice(1, 1, { type: 'image', image: otherImage }))
  expect(await measureAgain(swapped)).toEqual({
    passed: false,
    reason: 'shown_differs',
    detail: 'image_search (turn 1): image 1 of 1 has other pixels',
  })
})

test('what a guard keeps from the task was not shown and is not missed', async () => {
  const guarded: CheckContext['guarded'] =
    consult =>
    async (...asked) => {
      const found = await consult<unknown[]>(asked[0], asked[1], async () => [])
      return ('query' in asked[1] ? found.slice(1) : found) as never
    }
  const search: TextProvider['search'] = async (...asked) => (await words.search(...asked)).slice(1)
  await using run = await shown(await png(8, 6))
  const kept = await textSearch({ corpus: { ...words, search } }).run(
    { query: 'Niger' } as never,
    run.context,
  )
  const guardedThen = forged(copy => Object.assign(seenIn(copy, 2), kept))
  expect(await measureAgain(guardedThen, { guarded })).toMatchObject({ passed: true, detail: asBefore })
  expect(await measureAgain(guardedThen)).toMatchObject({ reason: 'differs' })
})
