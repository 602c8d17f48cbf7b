import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CorpusImage } from '../../../tools/corpus/image-corpus.ts'
import { type Entry, entries, textOf } from '../factbook.ts'

/** A country or territory of the Factbook that has a flag of its own. */
export interface Country extends Entry {
  /** Lower case, as the flag packages name their files. */
  iso: string
}

/** Where the Factbook gives no domain, or one that is not the ISO code. */
const codes: Record<string, string> = { 'europe/fr': 'fr', 'europe/uk': 'gb', 'europe/kv': 'xk' }

/**
 * Gaza and the West Bank share a domain, the European Union is no country, and flag-icons draws the British flag for
 * Saint Helena and the French one for Saint Pierre and Miquelon.
 */
const leftOut = new Set(['middle-east/gz', 'middle-east/we', 'europe/ee', 'africa/sh', 'north-america/sb'])

const usesAnother = /flag of [\w ]+ is used/

/** Every country that has a flag of its own, in the Factbook's order. */
export async function countries(): Promise<Country[]> {
  const found: Country[] = []
  for await (const entry of entries()) {
    const iso = isoOf(entry)
    if (iso && !leftOut.has(entry.id) && !usesAnother.test(flagDescription(entry)))
      found.push({ ...entry, iso })
  }
  return found
}

/** A country's internet domain is its ISO code. */
function isoOf({ id, sections }: Entry): string | undefined {
  const domain = textOf(sections.Communications?.['Internet country code'])
  return codes[id] ?? /^\.([a-z]{2})\b/.exec(domain ?? '')?.[1]
}

const flagDescription = ({ sections }: Entry) => textOf(sections.Government?.['Flag description']) ?? ''

/** The flag as flag-icons draws it, 4 by 3: an SVG. */
export const ownFlag = (iso: string): Promise<Buffer> => readFile(join(ownFolder, `${iso}.svg`))

/** The flag as country-flag-icons draws it, 3 by 2: an SVG. */
export const otherFlag = (iso: string): Promise<Buffer> =>
  readFile(join(otherFolder, `${iso.toUpperCase()}.svg`))

const inPackage = (name: string, path: string) =>
  join(dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`))), path)
const ownFolder = inPackage('flag-icons', 'flags/4x3')
const otherFolder = inPackage('country-flag-icons', '3x2')

/** Flags for an image search, drawn by flag-icons. */
export const flagImages: AsyncIterable<CorpusImage> = { [Symbol.asyncIterator]: images }

async function* images(): AsyncGenerator<CorpusImage> {
  for (const { id, iso, name } of await countries()) {
    yield { id, title: `Flag of ${name}`, bytes: await ownFlag(iso) }
  }
}

/**
 * Countries that are not asked about, because their flag is hard to tell from another one, or the two packages draw it
 * so differently that the other drawing is nearer to another flag. A test measures it again.
 */
export const lookAlike: ReadonlySet<string> = new Set(
  'ad ai ar bo ck eg fk fm gh hk hn id im iq ky lt mc md ms ni nz pe pn pw ro sv tc td tj tn tr tw us uz vg ws'.split(
    ' ',
  ),
)
