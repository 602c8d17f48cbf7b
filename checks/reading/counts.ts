import { sentencesOf } from '../../words/sentences.ts'
import { wordsIn } from '../../words/words.ts'

/**
 * What may have been counted in an observation: how often a word of the question or the thought occurs, lines, items of
 * a list in brackets, those of a list of observed things that the thought writes out, and that it finds none.
 */
export function countedIn(seen: string, question: string, thought: string): Set<number> {
  const words = wordsIn(seen, 'mention')
  const often = new Map<string, number>()
  const names = new Set(wordsIn(`${question} ${thought}`, 'mention').filter(word => word.length > 3))
  for (const word of words) if (names.has(word)) often.set(word, (often.get(word) ?? 0) + 1)
  const lists = [...seen.matchAll(/[[({]([^[\](){}]*)[\])}]/g)].map(([, list = '']) =>
    list === '' ? 0 : list.split(',').length,
  )
  const text = ` ${words.join(' ')} `
  const isThere = (item: string) => text.includes(` ${wordsIn(item, 'mention').join(' ')} `)
  const listed = listsIn(thought).filter(items => items.every(isThere))
  const none = /\b(?:none|nothing|neither|zero|no|not any)\b/i.test(thought) ? [0] : []
  return new Set([
    ...[...often.values(), ...lists, ...none, ...listed.map(items => items.length)],
    seen.split('\n').filter(Boolean).length,
  ])
}

/** Lists in a sentence, behind what announces them, and lists of lines. */
function listsIn(text: string): string[][] {
  const thought = text
    .replace(/[^\S\n]+/g, ' ')
    .split(/\n ?/)
    .filter(Boolean)
    .join('\n')
  const lines = thought.split(/\n(?!\s*(?:[-*•]|\d+[.)]) )/)
  return [
    ...lines.map(line => line.split(/\n?\s*(?:[-*•]|\d+[.)]) /).slice(1)),
    ...sentencesOf(thought).map(sentence =>
      itemsOf(sentence.split(/: | (?:are|is|were|includes?) /).at(-1) ?? ''),
    ),
  ].filter(items => items.length > 0)
}

const itemsOf = (list: string): string[] => list.replace(/[.!]$/, '').split(/, (?:and |or )?| (?:and|or) /)
