import type { Database } from '../../store/database.ts'
import { nearTexts } from '../../words/near-texts.ts'
import { mixed, shingles } from '../../words/shingles.ts'
import { withDigits } from '../../words/words.ts'

/** Questions on disk, found again by what a text has in common with them. */
export interface Questions {
  /** Put a question down under a number. `alone`: it has no image, so that its words are all there is of it. */
  add(question: number, words: readonly string[], alone: boolean): void
  find(words: readonly string[]): number | undefined
}

/** A question with fewer words says nothing without its image: "What is this?" */
const shortest = 8

/**
 * Questions that share a run of `length` words with a text, the usual measure of contamination (Brown et al. 2020,
 * appendix C). Shorter questions are found where they stand in the text as a whole, those of less than eight words only
 * where the text is that question and no image belongs to it. Runs that stand in more than `common` questions are
 * phrases of a template and say nothing.
 */
export function sharedRuns(table: Database, name: string, length: number, common: number): Questions {
  table.exec(
    `CREATE TABLE ${name}_runs (run INTEGER PRIMARY KEY, question INTEGER, questions INTEGER) WITHOUT ROWID`,
  )
  const put = table.prepare(
    `INSERT INTO ${name}_runs VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET questions = questions + 1`,
  )
  const get = table.prepare(`SELECT question FROM ${name}_runs WHERE run = ? AND questions <= ${common}`)
  const lengths = new Set<number>()

  return {
    add(question, words, alone) {
      if (words.length === 0) return
      if (words.length < shortest && !alone) return
      const whole = words.length < shortest
      if (!whole) lengths.add(Math.min(length, words.length))
      const runs = whole ? [wholeRun(words)] : runsOf(words, Math.min(length, words.length))
      for (const run of new Set(runs)) put.run(run, question)
    },
    find(words) {
      const runs = [...lengths].filter(size => size <= words.length).flatMap(size => runsOf(words, size))
      for (const run of [wholeRun(words), ...runs]) {
        const found = get.get(run)
        if (found) return Number(found.question)
      }
      return undefined
    },
  }
}

const wholeRun = (words: readonly string[]) => keyOf(words, 0)

const runsOf = (words: readonly string[], length: number): number[] =>
  Array.from({ length: words.length - length + 1 }, (_, start) =>
    keyOf(words.slice(start, start + length), length),
  )

/** A number below 2⁵² for words in their order, another for each salt. */
function keyOf(words: readonly string[], salt: number): number {
  const [hash = 0] = shingles(words, words.length)
  const [other = 0] = shingles([...words, String(salt)], words.length + 1)
  return (mixed(hash ^ salt) >>> 12) * 2 ** 32 + other
}

/**
 * Questions that are nearly the same as a text and have the same numbers, unless they are asked more than `common`
 * times.
 */
export function sameQuestions(table: Database, name: string, threshold: number, common: number): Questions {
  const texts = nearTexts(table, name, { shingle: 3, threshold })
  table.exec(`CREATE TABLE ${name}_asked (text INTEGER PRIMARY KEY, question INTEGER, times INTEGER)`)
  const put = table.prepare(
    `INSERT INTO ${name}_asked VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET times = times + 1`,
  )
  const get = table.prepare(`SELECT question FROM ${name}_asked WHERE text = ? AND times <= ${common}`)
  return {
    add(question, words) {
      if (words.length > 0) put.run(texts.place(words, kindOf(words)), question)
    },
    find(words) {
      const text = words.length > 0 ? texts.find(words, kindOf(words)) : undefined
      const found = text === undefined ? undefined : get.get(text)
      return found && Number(found.question)
    },
  }
}

const kindOf = (words: readonly string[]) => (shingles(withDigits(words), 1000)[0] ?? 0) | 0
