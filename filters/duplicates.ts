import Type, { type Static } from 'typebox'
import { deedsOf } from '../checks/code/same-calls.ts'
import { nearPictures, type Picture, type Pictures, sketchOf } from '../images/near-pictures.ts'
import { hashOf, sha256 } from '../schemas/hash.ts'
import type { Image } from '../schemas/image.ts'
import { closed, factory, shareAbove0 } from '../schemas/options.ts'
import type { Task } from '../schemas/task.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import type { Database } from '../store/database.ts'
import { readFor } from '../store/errors.ts'
import { nearTexts } from '../words/near-texts.ts'
import { withDigits, wordsIn } from '../words/words.ts'
import type { Measured } from './filter.ts'
import { type Rejection, Selector, type Workspace } from './selector.ts'
import { namedRow } from './strata/named-row.ts'
import { Preference, rankOf, usualPreference } from './strata/preference.ts'

export const DuplicateOptions = closed({
  /**
   * What makes two rows the same. Of tasks: `image+question` (the same picture and nearly the same question, with the
   * same answer), `image` or `question` alone; tasks without images go by their questions. Of trajectories: `calls`
   * (they did the same for the same task), `conversation` (they say nearly the same, whatever the task), or `rollout`
   * (they are asked nearly the same of the same picture and say nearly the same).
   */
  by: Type.Optional(Type.Enum(['image+question', 'image', 'question', 'calls', 'conversation', 'rollout'])),
  /** Share of runs of words that two texts have in common, from which on they are nearly the same; 0.8 by default. */
  threshold: Type.Optional(shareAbove0),
  /** Which row stays, the weightiest first; what is left of ties is decided by the key. */
  prefer: Type.Optional(Type.Immutable(Type.Array(Preference))),
})
export type DuplicateOptions = Static<typeof DuplicateOptions>

/** What a row is compared by: equal marks are duplicates. `exact` needs no likeness. */
interface Marks {
  exact: string
  near: string
}

/**
 * Keeps the best of rows that are the same. Rows of one task are no duplicates of each other unless `by` says to
 * compare what they did. If a task is a duplicate, all its rows are dropped.
 */
export const duplicates = factory(Selector, 'duplicates', DuplicateOptions, options => {
  const { by = 'image+question', threshold = 0.8, prefer = usualPreference } = options
  return {
    name: 'duplicates',
    version: 1,
    options: { by, threshold, prefer: [...prefer] },
    async prepare(row, ground) {
      for (const image of compared(row, by).images) await sketchOf(pictureOf(image, ground), ground)
    },
    async *select(rows, workspace) {
      const { table } = workspace
      table.exec('CREATE TABLE rows (rank BLOB PRIMARY KEY, key TEXT, task TEXT, marked TEXT) WITHOUT ROWID')
      const put = table.prepare('INSERT INTO rows VALUES (?, ?, ?, ?)')
      const pictures = nearPictures(workspace, 'near')
      for await (const row of rows) {
        const { key, task } = row.trajectory
        const marked = compared(row, by)
        put.run(rankOf(row.trajectory, prefer), key, task.id, JSON.stringify(marked))
        for (const image of marked.images) await pictures.expect(pictureOf(image, workspace))
      }
      yield* repeated(workspace, by, marker(workspace, pictures, { by, threshold }))
    },
  }
})

type By = NonNullable<DuplicateOptions['by']>

/** What compares words of rollouts, and so rows of one task as well. */
const ofRollouts: readonly By[] = ['calls', 'conversation', 'rollout']

/** What of a row is compared. */
interface Compared {
  text: string
  /** What was said to it, where that has to be the same, too. */
  reply: string[]
  answer: string
  images: Image[]
}

function compared({ trajectory }: Measured, by: By): Compared {
  const { task } = trajectory
  if (by === 'calls') return { text: `${task.id}\n${deedsOf(trajectory)}`, reply: [], answer: '', images: [] }
  if (by === 'conversation') return { text: said(trajectory), reply: [], answer: '', images: [] }
  return {
    text: questionOf(task),
    reply: by === 'rollout' ? [said(trajectory)] : [],
    answer: task.answer,
    images: by === 'question' ? [] : task.images,
  }
}

const questionOf = ({ question, choices }: Task) => [question, ...(choices ?? [])].join('\n')

const said = ({ turns }: Trajectory) =>
  turns.flatMap(({ reply }) => [reply.text, ...reply.calls.map(call => call.arguments)]).join('\n')

const pictureOf = (image: Image, { bytes }: Pick<Workspace, 'bytes'>): Picture => ({
  sha256: image.sha256,
  bytes: () => bytes(image),
})

/** How a row is marked, in the order of preference: the first of its like gives all of them their mark. */
function marker(workspace: Workspace, pictures: Pictures, { by, threshold }: { by: By; threshold: number }) {
  const texts = nearTexts(workspace.table, 'near', { shingle: by === 'conversation' ? 5 : 3, threshold })
  const known = knownPictures(workspace.table)

  const numberOf = async (image: Image): Promise<number> =>
    known.get(image.pixels) ?? known.put(image.pixels, await pictures.place(pictureOf(image, workspace)))

  return async ({ text, reply, answer, images }: Compared): Promise<Marks> => {
    if (by === 'calls') return { exact: sha256(text), near: sha256(text) }
    const shown: number[] = []
    for (const image of images) shown.push(await numberOf(image))
    const looks = shown.sort((a, b) => a - b)
    if (by === 'image' && images.length > 0)
      return { exact: hashOf(images.map(({ pixels }) => pixels).sort()), near: hashOf(looks) }
    const all = [text, ...reply].map(each => wordsIn(each, 'likeness'))
    // Questions that differ in a number or in their answer are different, however alike their words are.
    const sense = by === 'conversation' ? '' : hashOf([withDigits(all.flat()), wordsIn(answer, 'likeness')])
    const kind = sense === '' ? 0 : Number.parseInt(sense.slice(0, 8), 16) | 0
    // Questions are compared with questions, and replies with replies.
    const places = all.map((words, index) => texts.place(words, kind ^ index))
    return {
      exact: hashOf([images.map(({ pixels }) => pixels).sort(), ...all]),
      near: hashOf([looks, sense, ...places]),
    }
  }
}

/** Equal pixels need no second look. */
function knownPictures(table: Database) {
  table.exec('CREATE TABLE known (pixels TEXT PRIMARY KEY, picture INTEGER) WITHOUT ROWID')
  const get = table.prepare('SELECT picture FROM known WHERE pixels = ?')
  const put = table.prepare('INSERT INTO known VALUES (?, ?)')
  return {
    get(pixels: string): number | undefined {
      const found = get.get(pixels)
      return found && Number(found.picture)
    },
    put(pixels: string, picture: number): number {
      put.run(pixels, picture)
      return picture
    },
  }
}

async function* repeated(
  { table }: Workspace,
  by: By,
  mark: (row: Compared) => Promise<Marks>,
): AsyncIterable<Rejection> {
  const perTask = !ofRollouts.includes(by)
  table.exec('CREATE TABLE best (mark TEXT PRIMARY KEY, task TEXT, key TEXT) WITHOUT ROWID')
  const find = table.prepare('SELECT task, key FROM best WHERE mark = ?')
  const put = table.prepare('INSERT OR IGNORE INTO best VALUES (?, ?, ?)')
  for (const row of table.prepare('SELECT key, task, marked FROM rows ORDER BY rank').iterate()) {
    const [key, task] = [String(row.key), String(row.task)]
    const { exact, near } = await readFor(task, mark(JSON.parse(String(row.marked))))
    const marks = [`exact ${exact}`, `near ${near}`]
    const best = marks.map(each => find.get(each)).find(found => found !== undefined)
    if (best === undefined || (perTask && best.task === task))
      for (const each of marks) put.run(each, task, key)
    else
      yield {
        key,
        reason: `${find.get(marks[0] ?? '') ? 'same' : 'nearly_same'}_${by.replace('+', '_and_')}`,
        detail: `duplicate of ${namedRow(String(best.task), String(best.key))}`,
      }
  }
}
