import { expect, test } from 'vitest'
import { locate } from '../../xray/located.ts'
import type { MeantPiece } from '../../xray/piece.ts'
import type { Span } from '../../xray/span.ts'
import { fieldOf } from '../../xray/squeezed.ts'

const shared = { trained: false, turn: 0, shown: '' }
const said = (text: string): MeantPiece => ({ kind: 'question', texts: [text], ...shared })
const seen = (picture: number): MeantPiece => ({ kind: 'question', texts: [], picture, ...shared })
const words = (text: string): Span => ({ kind: 'text', text, trained: false })
const drawn = (picture: number): Span => ({ kind: 'picture', picture, trained: false })

/** As texts where they are told apart by words, and as pictures by their places. */
const found = (pieces: MeantPiece[], spans: Span[]) =>
  locate(pieces, fieldOf(spans)).map(({ piece, found }) => [piece.picture ?? piece.texts[0], found])

const text = 'Which city does the label name?'
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

test.each([1, 2, 9, 10, 11, 40])(
  'where %i pictures and a text change places, the pictures were moved',
  count => {
    const pictures = numbers(count)
    const pieces = [said(text), ...pictures.map(seen)]
    const located = found(pieces, [...pictures.map(drawn), words(text)])
    expect(located).toEqual([[text, 'in_place'], ...pictures.map(picture => [picture, 'elsewhere'])])
  },
)

test('of texts that change places the fewest were moved', () => {
  const [one, two, three] = ['The first of all texts.', 'The second of all texts.', 'The third of all texts.']
  expect(found([said(one), said(two), said(three)], [words(three), words(one), words(two)])).toEqual([
    [one, 'in_place'],
    [two, 'in_place'],
    [three, 'elsewhere'],
  ])
})

test('a short text is looked for between its neighbours alone', () => {
  const [one, two] = ['The first of all texts.', 'The second of all texts.']
  const pieces = [said(one), said('42'), said(two)]
  expect(found(pieces, [words(`${one} 42 ${two}`)])).toContainEqual(['42', 'in_place'])
  expect(found(pieces, [words(`${one} ${two} 42`)])).toContainEqual(['42', 'nowhere'])
})
