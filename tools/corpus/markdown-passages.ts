import { glob, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromMarkdown } from 'mdast-util-from-markdown'
import Type, { type Static } from 'typebox'
import { parse } from 'yaml'
import { fromConfig, pathFolders } from '../../schemas/config-folder.ts'
import { InputError } from '../../schemas/input-error.ts'
import { closed, count, fileUrl, filledText, readOptions } from '../../schemas/options.ts'
import { faultOf, fileFault } from '../../tasks/file-faults.ts'
import type { Passage } from './text-corpus.ts'

export const MarkdownOptions = closed({
  /** Characters of a passage, at most. */
  maxChars: Type.Optional(count),
})
export type MarkdownOptions = Static<typeof MarkdownOptions>

/**
 * Passages for a text corpus, from the Markdown files in a folder and those below it. Each section is a passage, and a
 * section that is longer than `maxChars` is several. The title of a passage is the headings above it. Its id is the
 * file's path with these headings, so that it stays the same whatever changes elsewhere. YAML before the text may hold
 * `title`, `licence`, `source`, `link` and `date`. Reading throws InputError for a folder without Markdown and for a
 * file that cannot be read.
 */
export function markdownPassages(folder: string | URL, given: MarkdownOptions = {}): AsyncIterable<Passage> {
  readOptions('markdownPassages', closed({ folder: Type.Union([filledText, fileUrl]) }), { folder })
  const { maxChars = 2000 } = readOptions('markdownPassages', MarkdownOptions, given)
  const path = folder instanceof URL ? fileURLToPath(folder) : folder
  return { [Symbol.asyncIterator]: () => read(fromConfig(path), maxChars) }
}

async function* read(folder: string, maxChars: number): AsyncGenerator<Passage> {
  const files = await Array.fromAsync(glob('**/*.{md,markdown}', { cwd: folder }))
  if (files.length === 0)
    throw new InputError([
      `${folder}: there is no Markdown file in it; check the path in ${pathFolders()[0]}`,
    ])
  for (const file of files.map(path => path.replaceAll('\\', '/')).sort())
    yield* passagesOf(await textAt(folder, file), file, join(folder, file), maxChars)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

async function textAt(folder: string, file: string): Promise<string> {
  const place = join(folder, file)
  const bytes = await readFile(place).catch(error => {
    throw new InputError([`${place}: ${fileFault(error)}; correct that or leave it out`])
  })
  try {
    return utf8.decode(bytes)
  } catch {
    throw new InputError([`${place}: is not UTF-8; convert the file to UTF-8`])
  }
}

function* passagesOf(text: string, file: string, place: string, maxChars: number): Iterable<Passage> {
  const { title, body, ...about } = frontMatter(text, place)
  const met = new Map<string, number>()
  for (const { headings, text } of sectionsOf(body)) {
    const section = [file, headings.map(slug).join('/')].filter(Boolean).join('#')
    const pieces = piecesOf(text, maxChars)
    if (pieces.length === 0) continue
    const again = (met.get(section) ?? 0) + 1
    met.set(section, again)
    const named = [title, ...headings].filter((name, index, all) => name && name !== all[index - 1])
    for (const [index, piece] of pieces.entries()) {
      const id = `${section}${again > 1 ? `~${again}` : ''}${index > 0 ? `:${index + 1}` : ''}`
      yield { id, title: named.join(' — ') || basename(file), text: piece, ...about }
    }
  }
}

function frontMatter(text: string, place: string) {
  const [whole = '', yaml = ''] = /---[ \t]*\r?\n([\s\S]*?)^(?:---|\.\.\.)[ \t\r]*$/my.exec(text) ?? []
  const values = yamlOf(yaml, place)
  const value = (...names: string[]) =>
    names
      .map(name => values[name])
      .find(found => ['string', 'number'].includes(typeof found))
      ?.toString()
  return {
    body: text.slice(whole.length),
    title: value('title'),
    licence: value('licence', 'license'),
    source: value('source'),
    link: value('link', 'url'),
    date: value('date'),
  }
}

function yamlOf(yaml: string, place: string): Record<string, string | number | object | null> {
  try {
    return { ...parse(yaml, { logLevel: 'error' }) }
  } catch (error) {
    throw new InputError([`${place}: the YAML before its text cannot be read (${faultOf(error)})`])
  }
}

type Node = ReturnType<typeof fromMarkdown>['children'][number]

/** Split at the headings (CommonMark, 4.2 and 4.3) that stand by themselves: not in code, HTML, a quote or a list. */
function* sectionsOf(body: string): Iterable<{ headings: string[]; text: string }> {
  const text = body.replaceAll('\r\n', '\n')
  let headings: string[] = []
  let start = 0
  for (const node of fromMarkdown(text).children) {
    if (node.type !== 'heading') continue
    yield { headings: headings.filter(Boolean), text: text.slice(start, startOf(node)) }
    headings = Array.from({ length: node.depth }, (_, index) => headings[index] ?? '')
    headings[node.depth - 1] = written(node, text)
    start = endOf(node)
  }
  yield { headings: headings.filter(Boolean), text: text.slice(start) }
}

/** A heading as its author wrote it, with its emphasis and links, on one line. */
function written({ children }: Extract<Node, { type: 'heading' }>, text: string): string {
  const [first, last] = [children[0], children.at(-1)]
  return first && last ? text.slice(startOf(first), endOf(last)).replace(/\s*\n\s*/g, ' ') : ''
}

const startOf = ({ position }: Node): number => position?.start.offset ?? 0
const endOf = ({ position }: Node): number => position?.end.offset ?? 0

/** Paragraphs together, as many as fit; one that is too long is cut between words where it has any. */
function piecesOf(text: string, maxChars: number): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const part of text
    .trim()
    .split(/\n\s*\n/)
    .flatMap(paragraph => cutUp(paragraph, maxChars))) {
    const longer = piece === '' ? part : `${piece}\n\n${part}`
    if (longer.length > maxChars) pieces.push(piece)
    piece = longer.length > maxChars ? part : longer
  }
  return [...pieces, piece].filter(text => text.trim() !== '')
}

function cutUp(paragraph: string, maxChars: number): string[] {
  const parts: string[] = []
  let rest = paragraph
  while (rest.length > maxChars) {
    const space = rest.lastIndexOf(' ', maxChars)
    const at = space > 0 ? space : maxChars
    parts.push(rest.slice(0, at).toWellFormed())
    rest = rest.slice(at).trimStart()
  }
  return [...parts, rest.toWellFormed()]
}

const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
