import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fromConfig } from '../../schemas/config-folder.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import { InputError } from '../../schemas/input-error.ts'
import { makeFolder } from '../../store/folder.ts'

/** "kndl": tells our indexes from a file that must not be replaced. */
const applicationId = 0x6b6e646c

/** An index made of a corpus: what it answers is a pure function of it, so it can be thrown away and built again. */
interface IndexPlan<Item> {
  path: string
  /** Changed when the same content gives another index. */
  version: number | string
  items: AsyncIterable<Item>
  /** The part of an item that decides its place in the index, as plain data. */
  identity(item: Item): unknown
  /** Fill an empty database, in one transaction. */
  build(database: DatabaseSync, items: AsyncIterable<Item>): Promise<void>
  /** `build` also takes an index of the same version, to which it does what is new, changed or gone. */
  updates?: boolean
}

/**
 * The index at `path`, read-only, with the fingerprint of its content. Built or updated when it is not there or when
 * the content is another: aside and then moved, so that whoever builds or reads at the same time reads a whole file.
 * Throws InputError where a file lies that is not such an index.
 */
export async function openIndex<Item>({ path, ...rest }: IndexPlan<Item>) {
  const plan = { ...rest, path: fromConfig(path) }
  const fingerprint = await fingerprintOf(plan)
  const there = openCurrent(plan.path, fingerprint)
  if (there) return { database: there, fingerprint }
  await buildAside(plan, fingerprint)
  const built = openCurrent(plan.path, fingerprint)
  if (built) return { database: built, fingerprint }
  throw new InputError([
    `${plan.path}: another process replaced this index with other content; give each corpus its own path`,
  ])
}

async function fingerprintOf<Item>(plan: IndexPlan<Item>): Promise<string> {
  const seen = watched(plan)
  for await (const _ of seen.items);
  return seen.fingerprint()
}

function watched<Item>({ version, items, identity }: IndexPlan<Item>) {
  const hash = createHash('sha256').update(`${version}\n`)
  async function* passing() {
    for await (const item of items) {
      hash.update(`${canonicalJson(identity(item))}\n`)
      yield item
    }
  }
  return { items: passing(), fingerprint: () => hash.digest('hex') }
}

function openCurrent(path: string, fingerprint: string): DatabaseSync | undefined {
  if (!existsSync(path)) return undefined
  const database = new DatabaseSync(path, { readOnly: true })
  if (contentOf(path, database)?.fingerprint === fingerprint) return database
  database.close()
  return undefined
}

function contentOf(path: string, database: DatabaseSync) {
  try {
    const ours = database.prepare('PRAGMA application_id').get()?.application_id === applicationId
    if (ours) return database.prepare('SELECT * FROM content').get()
  } catch {}
  database.close()
  throw new InputError([`${path}: this file is no search index of ours; name another path, or delete it`])
}

async function buildAside<Item>(plan: IndexPlan<Item>, fingerprint: string): Promise<void> {
  makeFolder(dirname(plan.path))
  const aside = `${plan.path}.${randomUUID()}.tmp`
  try {
    if (isUpdatable(plan)) await copyFile(plan.path, aside)
    await buildAt(aside, plan, fingerprint)
    await rename(aside, plan.path)
  } finally {
    await rm(aside, { force: true })
  }
}

function isUpdatable({
  path,
  version,
  updates,
}: Pick<IndexPlan<unknown>, 'path' | 'version' | 'updates'>): boolean {
  if (!updates || !existsSync(path)) return false
  const database = new DatabaseSync(path, { readOnly: true })
  const former = contentOf(path, database)
  database.close()
  return former?.version === version
}

async function buildAt<Item>(file: string, plan: IndexPlan<Item>, fingerprint: string): Promise<void> {
  const database = new DatabaseSync(file)
  try {
    database.exec(`PRAGMA journal_mode = MEMORY; PRAGMA application_id = ${applicationId}; BEGIN`)
    const seen = watched(plan)
    await plan.build(database, seen.items)
    if (seen.fingerprint() !== fingerprint) throw unstable(plan.path)
    database.exec('DROP TABLE IF EXISTS content; CREATE TABLE content (fingerprint TEXT, version)')
    database.prepare('INSERT INTO content VALUES (?, ?)').run(fingerprint, plan.version)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}

const unstable = (path: string) =>
  new InputError([
    `${path}: the corpus gave other content when it was read again; give an iterable that can be read twice, not a generator that is used up`,
  ])
