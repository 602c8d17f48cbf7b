import { describe, expect, test } from 'vitest'
import { tellingNames } from '../../filters/telling-names.ts'
import { selectorConformance } from '../conformance/selector.ts'
import { keyOf, type RowChanges, row, select } from './selecting.ts'

const answers = ['3', '7', 'red', '4', 'no', '(12,8)', '5', '9']
const named = (answer: string, file: string): RowChanges => ({ task: { answer, meta: { file } } })
const all = (fileOf: (answer: string, index: number) => string) =>
  answers.map((answer, index) => row(`r${index}`, named(answer, fileOf(answer, index))))
const rejectedOf = async (rows: ReturnType<typeof all>) => (await select(tellingNames(), rows)).rejected

describe('tellingNames', () => {
  const rows = [...all(answer => `images/${answer}.png`), row('z', named('6', 'images/other.png'))]
  selectorConformance({
    selector: tellingNames(),
    rows,
    rejected: answers.map((_, index) => keyOf(`r${index}`)),
  })
})

test.each<[string, (answer: string, index: number) => string]>([
  ['are the answers', answer => `${answer}.png`],
  ['hold the answers among other words', (answer, index) => `pics/img_${index + 40}_${answer}_v2.jpg`],
  ['stand in folders called after the answers', (answer, index) => `data/${answer}/${index + 40}.jpg`],
  ['hold pairs among other words', (answer, index) => `img-${index + 40}-${answer}-v2.png`],
  ['have zeros before the answers', answer => `${answer.padStart(4, '0')}.png`],
])('files whose names %s go', async (_, fileOf) => {
  expect(await rejectedOf(all(fileOf))).toHaveLength(answers.length)
})

test.each<[string, (answer: string, index: number) => string]>([
  ['are numbered', (_, index) => `${index + 1}.png`],
  ['all hold the same words', () => 'red/no/3.png'],
  ['belong to the next answer', (_, index) => `${answers[(index + 1) % answers.length]}.png`],
])('files whose names %s stay', async (_, fileOf) => {
  expect(await rejectedOf(all(fileOf))).toEqual([])
})

test('a name in many that is its answer is chance, and so are three of three', async () => {
  const many = Array.from({ length: 60 }, (_, index) =>
    row(`n${index}`, named(String(60 - index), `${index}.png`)),
  )
  expect(await rejectedOf([...many, row('x', named('99', '99.png'))])).toEqual([])
  expect(await rejectedOf(all(answer => `${answer}.png`).slice(0, 3))).toEqual([])
})

test('names that are all the same answer tell nothing', async () => {
  const same = Array.from({ length: 30 }, (_, index) => row(`n${index}`, named('yes', `yes/${index}.png`)))
  expect(await rejectedOf(same)).toEqual([])
})

test('samples of one task are one name, and another source’s names are counted apart', async () => {
  const samples = Array.from({ length: 9 }, (_, index) => row(`s${index}`, named('3', '3.png')))
  const numbered = all((_, index) => `${index + 101}.png`)
  expect(await rejectedOf([...samples, ...numbered])).toEqual([])
  const telling = all(answer => `${answer}.png`)
  const others = Array.from({ length: 300 }, (_, index) => {
    const source = { name: 'other', licence: 'CC0-1.0' }
    return row(`o${index}`, {
      task: { answer: String(index % 13), meta: { file: `${index % 29}.png` }, source },
    })
  })
  const gone = await rejectedOf([...telling, ...others])
  expect(gone).toHaveLength(answers.length)
  expect(gone[0]?.detail).toMatch(
    /^test: meta\.file: ".*\.png"; 8 of 8 names hold their answers, 1\.0 would by chance$/,
  )
})

test('where to look and the level are options, and what was found is noted', async () => {
  const rows = answers.map((answer, index) => row(`r${index}`, { task: { answer, id: `set/${answer}` } }))
  expect((await select(tellingNames({ where: ['paths'] }), rows)).rejected).toEqual([])
  expect((await select(tellingNames({ level: 1e-9 }), rows)).rejected).toEqual([])
  const { rejected, notes } = await select(tellingNames(), rows)
  expect(rejected).toHaveLength(answers.length)
  expect(notes).toMatchObject([{ about: 'test: id', counts: { names: 8, telling: 8 } }])
})
