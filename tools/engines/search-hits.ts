import Type, { type Static } from 'typebox'
import { isObject } from '../../schemas/json.ts'
import { closed, filledText, trueOrFalse } from '../../schemas/options.ts'
import { valueAt } from '../../tasks/fields.ts'
import { ServiceError } from '../service.ts'
import { oneLine, type TextHit } from '../text-search.ts'
import { plainText } from './plain-text.ts'

const optional = Type.Optional(filledText)

/** Where results stand in an answer; each path is the names on the way, with dots between. */
export const ResultPaths = closed({
  /** The list of results. Without it the answer itself is the list. */
  results: optional,
  /** The list is left out where nothing was found. */
  mayLack: Type.Optional(trueOrFalse),
  /** Titles and snippets are HTML. */
  html: Type.Optional(trueOrFalse),
  /** Where in a result each field stands. A result without id is known by its link, so one of them is needed. */
  fields: closed({
    title: filledText,
    link: optional,
    id: optional,
    snippet: optional,
    date: optional,
    licence: optional,
    source: optional,
    score: optional,
    /** Address of a small picture, or the picture itself as a data URL. */
    thumbnail: optional,
  }),
})
export type ResultPaths = Static<typeof ResultPaths>

/** A hit with what its field `thumbnail` says, if that is mapped. */
export interface SearchHit extends TextHit {
  thumbnail?: string
}

/** Characters; more is cut. */
const longest = { title: 300, snippet: 2000, short: 100, id: 2000, html: 20_000 }

/**
 * The results in an answer, at most `top`. A result in a wrong form is left out. Throws ServiceError if none is left,
 * because then the paths are wrong.
 */
export function hitsIn(name: string, answer: unknown, paths: ResultPaths, top: number): SearchHit[] {
  const list = listIn(name, answer, paths)
  const hits = list.flatMap((row, index) => hitOf(row, index, paths) ?? [])
  if (list.length > 0 && hits.length === 0)
    throw new ServiceError(`${name}: ${nothingIn(list[0], paths)}`, { transient: false })
  return hits.slice(0, top)
}

function listIn(name: string, answer: unknown, { results, mayLack }: ResultPaths): unknown[] {
  const list = results === undefined ? answer : isObject(answer) ? valueAt(answer, results) : undefined
  if (Array.isArray(list)) return list
  if (mayLack && isObject(answer) && (list === undefined || list === null)) return []
  throw new ServiceError(`${name}: its answer has no list at ${results ?? 'its top'}; ${fieldsOf(answer)}`, {
    transient: false,
  })
}

function hitOf(row: unknown, index: number, { fields, html = false }: ResultPaths): SearchHit | undefined {
  if (!isObject(row)) return undefined
  const value = (field: keyof typeof fields) => (fields[field] ? valueAt(row, fields[field]) : undefined)
  const short = (field: keyof typeof fields) => cut(textOf(value(field)), longest.short) || null
  const readable = (field: 'title' | 'snippet') => {
    const text = textOf(value(field)).slice(0, longest.html)
    return cut(html ? oneLine(plainText(text)) : text, longest[field])
  }
  const link = addressOf(value('link'))
  const id = cut(textOf(value('id')), longest.id) || link
  const title = readable('title')
  if (!id || !title) return undefined
  const score = value('score')
  return {
    id,
    title,
    snippet: readable('snippet'),
    licence: short('licence'),
    source: short('source'),
    link,
    date: short('date'),
    score: typeof score === 'number' ? score : 1 / (index + 1),
    ...(fields.thumbnail && { thumbnail: String(value('thumbnail') ?? '') }),
  }
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return oneLine(value.toWellFormed())
  return typeof value === 'number' ? String(value) : ''
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text.trim() : `${text.slice(0, length).toWellFormed().trim()} …`

/** Only what a browser would open as a page; others, such as `javascript:`, are no links. */
function addressOf(value: unknown): string | null {
  const url = typeof value === 'string' && value.length <= longest.id ? URL.parse(value) : null
  return url && /^https?:$/.test(url.protocol) ? url.href : null
}

function nothingIn(row: unknown, { fields }: ResultPaths): string {
  const { title, id, link } = fields
  return `none of its results has a title at ${title} and an ${id ? `id at ${id}` : `address at ${link}`}; ${fieldsOf(row)}`
}

const fieldsOf = (value: unknown): string =>
  isObject(value)
    ? `the fields there are ${cut(oneLine(Object.keys(value).slice(0, 20).join(', ')), 200) || 'none'}`
    : `there is ${Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`}`
