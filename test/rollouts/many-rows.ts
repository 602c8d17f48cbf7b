import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sha256 } from '../../schemas/hash.ts'
import { png } from '../fixtures.ts'

/** What a line that is no row says: nothing of it may come back. */
const unread: readonly string[] = [
  '{"id": "cut", "conversations": [{"from": "human", "val',
  '[1, 2, 3]',
  'sk-secret, which is no JSON',
  '{"sk-secret": 1, "sk-secret": 2}',
  '{"id": "other", "text": "somebody else’s row"}',
  '{"id": "odd", "conversations": "a text"}',
  '{"id": "empty", "conversations": []}',
  '{"id": "alone", "conversations": [{"from": "human", "value": "Is nobody there?"}]}',
  '{"id": "unasked", "conversations": [{"from": "gpt", "value": "<answer>8</answer>"}]}',
]

/** Pictures that are not there cost their place, and no row. */
const unseen = ['gone.png', '../outside.png', 'https://example.com/a.png', { bytes: 'bm90aGluZw==' }]

/** How far apart lines that are no rows stand, rows with a picture, and rows whose code is run. */
const [badEvery, pictureEvery, codeEvery] = [50, 200, 5000]

/** How many lines of so many are no rows. */
export const unreadOf = (lines: number): number => Math.ceil(lines / badEvery)

/** A word that no other row has, so that no two rows are near duplicates. */
const wordsOf = (number: number): string[] => sha256(`row ${number}`).match(/.{8}/g) ?? []

/** Lines in ShareGPT: text, few pictures, now and then code, and in between what is no row, and all the same. */
export function lineOf(number: number): string {
  if (number % badEvery === 0) return unread[(number / badEvery) % unread.length] ?? ''
  const [one, two, three, four, five, six, seven, eight] = wordsOf(number)
  const images = imagesOf(number)
  const asked = `${'<image>\n'.repeat(images.length)}What does ${one} say of ${two}, where ${three} meets ${four}?`
  return JSON.stringify({
    id: `row ${number}`,
    conversations: [
      { from: 'human', value: asked },
      ...(number % codeEvery === 1 ? calledFor(number) : []),
      { from: 'gpt', value: `Of ${five} it says ${six}, and ${seven} then.\n<answer>${eight}</answer>` },
    ],
    images,
  })
}

function imagesOf(number: number): unknown[] {
  if (number % pictureEvery === 1) return [`pictures/${(number / pictureEvery) & 15}.png`]
  return number % pictureEvery === 2 ? [unseen[Math.floor(number / pictureEvery) % unseen.length]] : []
}

const calledFor = (number: number) => [
  {
    from: 'function_call',
    value: `I count.\n${JSON.stringify({ name: 'python', arguments: { code: `print(${number} * 2)` } })}`,
  },
  { from: 'observation', value: `stdout:\n${number * 2}` },
]

/** Writes so many lines and their pictures below `folder`. */
export async function writeRows(folder: string, lines: number): Promise<string> {
  await mkdir(join(folder, 'pictures'), { recursive: true })
  for (const number of Array(16).keys())
    await writeFile(join(folder, `pictures/${number}.png`), await png(8 + number, 6))
  const path = join(folder, 'theirs.jsonl')
  await pipeline(Readable.from(pagesOf(lines)), createWriteStream(path))
  return path
}

function* pagesOf(lines: number) {
  for (let first = 0; first < lines; first += 1000)
    yield Array.from({ length: Math.min(1000, lines - first) }, (_, at) => `${lineOf(first + at)}\n`).join('')
}
