import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { canonicalJson } from '../../schemas/hash.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import { openIndex } from '../../tools/corpus/index-file.ts'

/**
 * A source whose pictures take long to draw: what it gives is kept in a file at `path`. It is drawn again when the code
 * of the demo or a package that it draws with is another.
 */
export const kept = (source: TaskSource, path: string): TaskSource => ({
  ...source,
  async *read() {
    const { database } = await openIndex({
      path,
      version: 'drafts 1',
      items: makersOf(source),
      identity: text => text,
      async build(empty, makers) {
        for await (const _ of makers);
        empty.exec('CREATE TABLE drafts (number INTEGER PRIMARY KEY, draft BLOB)')
        const put = empty.prepare('INSERT INTO drafts (draft) VALUES (?)')
        for await (const draft of source.read()) put.run(serialize(draft))
      },
    })
    try {
      for (const { draft } of database.prepare('SELECT draft FROM drafts ORDER BY number').iterate())
        yield deserialize(draft as Uint8Array) as TaskDraft
    } finally {
      database.close()
    }
  },
})

/** All that decides what a source gives: its options, the code of the demo, and the versions of packages. */
const makersOf = ({ options }: TaskSource): AsyncIterable<string> => ({
  async *[Symbol.asyncIterator]() {
    yield canonicalJson(options)
    yield await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')
    const names = await readdir(import.meta.dirname, { recursive: true })
    for (const name of names.filter(name => name.endsWith('.ts')).sort())
      yield await readFile(join(import.meta.dirname, name), 'utf8')
  },
})
