import type { DatabaseSync } from 'node:sqlite'
import type { Static } from 'typebox'
import { hashOf } from '../../schemas/hash.ts'
import { InputError, shortened } from '../../schemas/input-error.ts'
import { closed, filledText, readOptions, stream } from '../../schemas/options.ts'
import type { TextHit, TextProvider } from '../text-search.ts'
import { marked, matchExpression, snippetOf, tokenizer } from './full-text.ts'
import { openIndex } from './index-file.ts'

/** A piece of text that can be found. `licence` and `source` are the corpus's where it has none of its own. */
export interface Passage {
  id: string
  title: string
  text: string
  licence?: string | undefined
  source?: string | undefined
  /** Where it stands in the web: an http or https address. */
  link?: string | undefined
  date?: string | undefined
}

/** Texts on this disk that can be searched. */
export interface TextCorpus extends TextProvider {
  /** sha256 of everything in it. */
  fingerprint: string
  close(): void
}

/** Characters. */
const snippetLength = 400

/**
 * Measured on an almanac's fields: "Niger population" finds its passage among the first five for 97 %, at weight 3 for
 * 79 %.
 */
const titleWeight = 20

export const TextCorpusOptions = closed({
  /** The file that it is kept in, made where it is not there. */
  path: filledText,
  name: filledText,
  licence: filledText,
  passages: stream<Passage>("passages such as markdownPassages('notes')"),
})
export type TextCorpusOptions = Static<typeof TextCorpusOptions>

/**
 * A corpus of passages in an SQLite file at `path`, ranked by BM25 with English stems. When the passages change, only
 * those that are new, changed or gone are indexed; searches find the same as in an index made anew. The passages are
 * read once to see whether they changed, so the iterable must give them each time. Throws InputError for two passages
 * with one id.
 */
export async function textCorpus(given: TextCorpusOptions): Promise<TextCorpus> {
  const options = readOptions('textCorpus', TextCorpusOptions, given)
  const { path, name, licence, passages } = options
  const { database, fingerprint } = await openIndex({
    path,
    version: 'passages 2',
    items: passages,
    identity: passage => [passage, licence, name],
    build: (index, items) => fill(index, items, { licence, source: name }),
    updates: true,
  })
  return {
    name,
    fingerprint,
    options: { fingerprint },
    usdPerCall: 0,
    search: async (query, top) => search(database, query, top),
    close: () => database.close(),
  }
}

/** The triggers keep the words in step with the passages (FTS5, "External Content Tables"). */
const layout = `
  CREATE TABLE IF NOT EXISTS passages (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, hash TEXT,
    title TEXT, text TEXT, licence TEXT, source TEXT, link TEXT, date TEXT
  );
  CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    title, text, content = 'passages', content_rowid = 'number', tokenize = '${tokenizer}'
  );
  CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON passages BEGIN
    INSERT INTO words (rowid, title, text) VALUES (new.number, new.title, new.text);
  END;
  CREATE TRIGGER IF NOT EXISTS gone AFTER DELETE ON passages BEGIN
    INSERT INTO words (words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text);
  END;
  CREATE TEMP TABLE present (id TEXT PRIMARY KEY) WITHOUT ROWID;`

async function fill(
  database: DatabaseSync,
  passages: AsyncIterable<Passage>,
  defaults: { licence: string; source: string },
): Promise<void> {
  database.exec(layout)
  const meet = database.prepare('INSERT OR IGNORE INTO present VALUES (?)')
  const known = database.prepare('SELECT 1 FROM passages WHERE id = ? AND hash = ?')
  const remove = database.prepare('DELETE FROM passages WHERE id = ?')
  const add = database.prepare(
    'INSERT INTO passages (id, hash, title, text, licence, source, link, date) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  for await (const passage of passages) {
    const { id, title, text, licence, source, link = null, date = null } = passage
    if (meet.run(id).changes === 0)
      throw new InputError([`two passages have the id ${shortened(id)}; ids are unique`])
    const row = [title, text, licence ?? defaults.licence, source ?? defaults.source, link, date]
    const hash = hashOf(row)
    if (known.get(id, hash)) continue
    remove.run(id)
    add.run(id, hash, ...row)
  }
  database.exec('DELETE FROM passages WHERE id NOT IN (SELECT id FROM present)')
}

const ranked = `
  SELECT passages.*, ${marked('words', 1)} AS marked, bm25(words, ${titleWeight}, 1) AS rank
  FROM words JOIN passages ON passages.number = words.rowid
  WHERE words MATCH ? ORDER BY rank, id LIMIT ?`

const search = (database: DatabaseSync, query: string, top: number): TextHit[] =>
  database
    .prepare(ranked)
    .all(matchExpression(query), top)
    .map(row => ({
      id: String(row.id),
      title: String(row.title),
      snippet: snippetOf(String(row.marked), snippetLength),
      licence: String(row.licence),
      source: String(row.source),
      link: textOrNull(row.link),
      date: textOrNull(row.date),
      // BM25 is negative in FTS5; digits beyond these differ between builds of the C library.
      score: Number((-Number(row.rank)).toFixed(6)),
    }))

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
