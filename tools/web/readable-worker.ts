import { parentPort, workerData } from 'node:worker_threads'
import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'
import { type DefaultTreeAdapterTypes, parse, serialize } from 'parse5'
import type { Readable } from './readable.ts'

// Reads a page in a thread of its own, which is ended where a page takes too long or too much memory. The parser runs
// no script and fetches nothing.

/** Characters; a page whose article is shorter is read whole, because it is a list or a table. */
const shortArticle = 200

/** A page with more is read whole: looking for its article would take too long. */
const mostElements = 20_000

type Node = DefaultTreeAdapterTypes.Node

function readable(page: string): Readable {
  const document = parse(page)
  const article = articleIn(document)
  const text = article?.content ? textOf(parse(article.content)) : ''
  return {
    title: article?.title || titleIn(document),
    date: article?.publishedTime ?? null,
    text: text.length >= shortArticle ? text : textOf(document),
  }
}

/**
 * The article is looked for in a DOM, which is light but takes tags as they are written; `parse` has put in all of
 * them.
 */
function articleIn(document: DefaultTreeAdapterTypes.Document) {
  const html = serialize(document)
  const elements = html.match(/<[a-z]/g)?.length ?? 0
  return elements > mostElements ? null : new Readability(parseHTML(html).document).parse()
}

function titleIn(node: Node): string {
  if (node.nodeName === 'title') return plain(node)
  if (!('childNodes' in node) || node.nodeName === 'svg') return ''
  for (const child of node.childNodes) {
    const title = titleIn(child)
    if (title !== '') return title
  }
  return ''
}

/** Texts as they stand. */
const plain = (node: Node): string =>
  'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(plain).join('') : ''

const unread = new Set(
  'script style noscript template iframe svg canvas object head nav form button select'.split(' '),
)
const inline = new Set(
  'a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
)
const cells = new Set(['td', 'th'])
const rows = new Set(['li', 'tr', 'dt', 'dd'])

/** The text as it is laid out: paragraphs apart, a line for each row of a table and item of a list, headings marked. */
function textOf(root: Node): string {
  const out: string[] = []
  /** Line ends that are due before the next text. */
  let due = 0
  let spaced = true

  function write(text: string) {
    const rest = due > 0 || spaced ? text.trimStart() : text
    if (rest === '') return
    if (out.length > 0) out.push('\n'.repeat(due))
    out.push(rest)
    due = 0
    spaced = rest.endsWith(' ')
  }

  function lines(count: number) {
    due = Math.max(due, count)
  }

  function read(node: Node) {
    const name = node.nodeName
    if (name === '#text' && 'value' in node) write(node.value.replace(/\s+/g, ' '))
    if (!('childNodes' in node) || unread.has(name)) return
    if (name === 'br') return lines(1)
    if (cells.has(name)) write(due === 0 ? ' | ' : '')
    const apart = inline.has(name) || cells.has(name) ? 0 : rows.has(name) ? 1 : 2
    lines(apart)
    if (name === 'li') write('- ')
    if (/^h[1-6]$/.test(name)) write(`${'#'.repeat(Number(name[1]))} `)
    if (name === 'pre') write(plain(node))
    else for (const child of node.childNodes) read(child)
    lines(apart)
  }

  read(root)
  return out
    .join('')
    .replace(/[ \t]+\n/g, '\n')
    .trim()
}

parentPort?.postMessage(readable(String(workerData)))
