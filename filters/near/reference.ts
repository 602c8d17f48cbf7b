import { type Ground, nearPictures, type Picture } from '../../images/near-pictures.ts'
import { wordsIn } from '../../words/words.ts'
import type { Questions } from './questions.ts'

/** A question with its images, as both sides of a comparison give it. */
export interface Asked {
  question: string
  pictures: Picture[]
}

/** What a question has in common with one of the reference. */
export interface Match {
  /** The name under which the other was put down. */
  set: string
  by: 'image' | 'question'
  /** The other question, shortened. */
  question: string
}

/**
 * Questions and images that others must not share: benchmarks, held-out tasks, or another split. All are added before
 * any is looked for.
 */
export interface Reference {
  add(set: string, asked: Asked): Promise<void>
  find(asked: Asked): Promise<Match | undefined>
}

const shown = 120

/** A reference in the tables of a workspace; `questions` says when two questions are the same. */
export function reference(workspace: Ground, questions: Questions): Reference {
  const pictures = nearPictures(workspace, 'reference')
  const { table } = workspace
  table.exec(`
    CREATE TABLE reference (question INTEGER PRIMARY KEY, name TEXT, text TEXT);
    CREATE TABLE shown (picture INTEGER PRIMARY KEY, question INTEGER);
    CREATE TABLE looked_up (sha256 TEXT PRIMARY KEY, picture INTEGER) WITHOUT ROWID`)
  const put = table.prepare('INSERT INTO reference (name, text) VALUES (?, ?)')
  const get = table.prepare('SELECT name, text FROM reference WHERE question = ?')
  const putShown = table.prepare('INSERT OR IGNORE INTO shown VALUES (?, ?)')
  const getShown = table.prepare('SELECT question FROM shown WHERE picture = ?')
  const getLooked = table.prepare('SELECT picture FROM looked_up WHERE sha256 = ?')
  const putLooked = table.prepare('INSERT INTO looked_up VALUES (?, ?)')

  /** Many rows may be about one image. */
  async function lookUp(picture: Picture): Promise<number | null> {
    const looked = getLooked.get(picture.sha256)
    if (looked) return looked.picture === null ? null : Number(looked.picture)
    const found = (await pictures.find(picture)) ?? null
    putLooked.run(picture.sha256, found)
    return found
  }

  function matchOf(by: Match['by'], question: number): Match {
    const found = get.get(question)
    return { set: String(found?.name), by, question: String(found?.text) }
  }

  return {
    async add(set, asked) {
      const text = asked.question.replace(/\s+/g, ' ').slice(0, shown)
      const question = Number(put.run(set, text).lastInsertRowid)
      questions.add(question, wordsIn(asked.question, 'likeness'), asked.pictures.length === 0)
      for (const picture of asked.pictures) putShown.run(await pictures.place(picture), question)
    },
    async find({ question, pictures: seen }) {
      for (const picture of seen) {
        const found = await lookUp(picture)
        if (found !== null) return matchOf('image', Number(getShown.get(found)?.question))
      }
      const found = questions.find(wordsIn(question, 'likeness'))
      return found === undefined ? undefined : matchOf('question', found)
    },
  }
}
