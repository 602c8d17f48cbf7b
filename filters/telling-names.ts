import Type, { type Static } from 'typebox'
import { type TextPlace, textsBeside } from '../checks/reading/texts-beside-question.ts'
import { closed, factory, shareAbove0 } from '../schemas/options.ts'
import type { Database } from '../store/database.ts'
import { excerpt } from '../words/excerpt.ts'
import { wordsIn } from '../words/words.ts'
import type { Measured } from './filter.ts'
import { type Rejection, Selector, type Workspace } from './selector.ts'

export const TellingNamesOptions = closed({
  /** Where names are looked for; see `textLeak`. */
  where: Type.Optional(Type.Array(Type.Enum(['id', 'url', 'paths', 'meta']))),
  /** How improbable as many names like answers must be by chance: 0.001 by default. */
  level: Type.Optional(shareAbove0),
  /**
   * Share of a source's names that must hold their answers: 0.5 by default. Answers in turn and files in order agree
   * for a while.
   */
  share: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'a share from 0 to 1' })),
})
export type TellingNamesOptions = Static<typeof TellingNamesOptions>

/**
 * Drops rows whose id, address or file name gives the answer away. One name cannot tell whether `3.png` gives away the
 * answer 3 or is the third file. All names of a source can: chance makes as many names hold their answers as if the
 * same answers were dealt out to the same names at random. If there are too many for that, the rows with such names are
 * dropped. A name holds an answer if words of it, or one part between slashes, are the answer. Each name and answer of
 * a source counts once.
 *
 * It cannot see: such names among more that are numbered; sources of less than some six rows; sources whose answers are
 * all the same, where a name tells nothing; codes that stand for answers.
 */
export const tellingNames = factory(Selector, 'tellingNames', TellingNamesOptions, given => {
  const { where = ['id', 'url', 'paths'], level = 0.001, share = 0.5 } = given
  return {
    name: 'telling_names',
    version: 1,
    options: { where, level, share },
    async *select(rows, workspace) {
      const { table } = workspace
      table.exec(schema)
      const put = writer(table)
      for await (const row of rows) for (const each of namesOf(row, where)) put(each)
      table.exec('CREATE INDEX said ON words (field, word)')
      yield* rejected(workspace, count => chanceOf(count) < level && count.telling >= share * count.names)
    },
  }
})

/** `field` is one place of one source. A name is in the table once for each answer it goes with. */
const schema = `
  CREATE TABLE names (field TEXT, name TEXT, answer TEXT, PRIMARY KEY (field, name, answer)) WITHOUT ROWID;
  CREATE TABLE words (field TEXT, name TEXT, answer TEXT, word TEXT, PRIMARY KEY (field, name, answer, word)) WITHOUT ROWID;
  CREATE TABLE rows (key TEXT, field TEXT, name TEXT, answer TEXT);
`

interface Name {
  key: string
  field: string
  name: string
  answer: string
}

function namesOf({ trajectory: { key, task } }: Measured, where: readonly TextPlace[]): Name[] {
  const answer = spoken(task.answer).join(' ')
  return textsBeside(task)
    .filter(({ place }) => answer !== '' && where.includes(place))
    .map(({ path, text }) => ({ key, field: fieldOf(task.source.name, path), name: text, answer }))
}

/** Items of a list are one field. */
const fieldOf = (source: string, path: string): string =>
  `${source.replace(/\s+/g, ' ')}: ${path.replace(/\.\d+(?=\.|$)/g, '')}`

function writer(table: Database) {
  const putRow = table.prepare('INSERT INTO rows VALUES (?, ?, ?, ?)')
  const putName = table.prepare('INSERT OR IGNORE INTO names VALUES (?, ?, ?)')
  const putWord = table.prepare('INSERT OR IGNORE INTO words VALUES (?, ?, ?, ?)')
  return ({ key, field, name, answer }: Name) => {
    putRow.run(key, field, name, answer)
    putName.run(field, name, answer)
    for (const word of partsOf(name)) putWord.run(field, name, answer, word)
  }
}

/**
 * The words of a name, up to `longest` of them together, and each part between slashes as a whole; without the ending.
 */
function partsOf(name: string): Set<string> {
  const parts = name
    .replace(/[?#].*$/, '')
    .replace(/\.\p{L}\w{1,4}$/u, '')
    .split('/')
    .map(spoken)
  return new Set(parts.flatMap(part => [part.join(' '), ...runsOf(part)]))
}

const longest = 4

const runsOf = (words: readonly string[]): string[] =>
  words.flatMap((_, start) =>
    Array.from({ length: Math.min(longest, words.length - start) }, (_, more) =>
      words.slice(start, start + more + 1).join(' '),
    ),
  )

/** 003 is 3. */
const spoken = (text: string): string[] => wordsIn(text, 'name').map(word => word.replace(/^0+(?=\d)/, ''))

interface Count {
  field: string
  names: number
  telling: number
  expected: number
}

const counting = `
  SELECT n.field, COUNT(*) AS names,
    SUM(EXISTS (SELECT 1 FROM words w WHERE w.field = n.field AND w.name = n.name AND w.answer = n.answer AND w.word = n.answer)) AS telling,
    SUM((SELECT COUNT(*) FROM words w WHERE w.field = n.field AND w.word = n.answer)) * 1.0 / COUNT(*) AS expected
  FROM names n GROUP BY n.field ORDER BY n.field`

const naming = `
  SELECT r.key, r.name FROM rows r JOIN words w USING (field, name, answer)
  WHERE r.field = ? AND w.word = r.answer ORDER BY r.key`

async function* rejected(
  { table, note }: Workspace,
  tells: (count: Count) => boolean,
): AsyncIterable<Rejection> {
  table.exec('CREATE TABLE gone (key TEXT PRIMARY KEY) WITHOUT ROWID')
  const goes = table.prepare('INSERT OR IGNORE INTO gone VALUES (?)')
  for (const row of table.prepare(counting).all()) {
    const count = row as unknown as Count
    if (!tells(count)) continue
    const examples: string[] = []
    for (const { key, name } of table.prepare(naming).iterate(count.field)) {
      if (examples.length < 3) examples.push(String(name))
      if (goes.run(String(key)).changes > 0)
        yield { key: String(key), reason: 'named_after_answer', detail: detailOf(String(name), count) }
    }
    note({ about: count.field, counts: { names: count.names, telling: count.telling }, examples })
  }
}

const detailOf = (name: string, { field, names, telling, expected }: Count): string =>
  `${field}: ${excerpt(name)}; ${telling} of ${names} names hold their answers, ${expected.toFixed(1)} would by chance`

/** How probable as many are, or more, where answers are dealt out at random: the tail of Poisson's distribution. */
function chanceOf({ telling, expected }: Count): number {
  let [below, term] = [0, Math.exp(-expected)]
  for (let count = 0; count < telling; count++) {
    below += term
    term *= expected / (count + 1)
  }
  return 1 - below
}
