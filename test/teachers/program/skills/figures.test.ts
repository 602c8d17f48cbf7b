import { afterAll, describe, expect, test } from 'vitest'
import { drawings } from '../../../../examples/demo/drawings.ts'
import { renderPng } from '../../../../examples/demo/render.ts'
import { bubblewrap } from '../../../../sandbox/bubblewrap.ts'
import type { TaskDraft } from '../../../../tasks/source.ts'
import { grid } from '../../../../teachers/program/skills/grid.ts'
import { lines } from '../../../../teachers/program/skills/lines.ts'
import { shapes } from '../../../../teachers/program/skills/shapes.ts'
import { squares } from '../../../../teachers/program/skills/squares.ts'
import { mistakes, solve, tasksFor } from './solving.ts'

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

const figure = (question: string, answer: string, body: string): TaskDraft => ({
  place: 'here',
  id: 'here',
  question,
  images: [
    {
      place: 'here',
      bytes: renderPng(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">${body}</svg>`),
    },
  ],
  choices: null,
  answer,
  answerType: 'number',
  tolerance: null,
  category: 'perception',
  source: { name: 'test', licence: 'CC0-1.0' },
  meta: {},
})

describe('figures', () => {
  for (const skill of [lines, grid, squares])
    test(`the ${skill.name} skill is right on at least nine of ten drawings it has not seen`, async () => {
      const tasks = await tasksFor(skill, drawings({ seed: 4021, count: 60 }), 10)
      expect(tasks).toHaveLength(10)
      const wrong = await mistakes(skill, tasks, sandbox)
      expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(1)
    })

  test('lines that pass each other closely do not touch', async () => {
    const near =
      '<g stroke-width="3" fill="none"><path d="M10 100H390" stroke="red"/><path d="M10 112H390" stroke="blue"/></g>'
    const task = figure('How many times do the blue and red lines touch each other?', '0', near)
    expect((await solve(lines, task, sandbox)).end).toMatchObject({ kind: 'answer', answer: '0' })
  })

  test('a line that is not there is no line that never touches', async () => {
    const task = figure(
      'How many times do the blue and red lines cross?',
      '0',
      '<path d="M10 10L390 200" stroke="red"/>',
    )
    expect((await solve(lines, task, sandbox)).end.kind).toBe('give_up')
  })

  test('a rectangle is not counted as a square', async () => {
    const shapes =
      '<g fill="none" stroke="black" stroke-width="2"><rect x="20" y="20" width="200" height="200"/><rect x="40" y="40" width="120" height="60"/></g>'
    const task = figure('How many squares are in the image?', '1', shapes)
    expect((await solve(squares, task, sandbox)).end).toMatchObject({ kind: 'answer', answer: '1' })
  })

  test('overlapping circles in two rows are counted', async () => {
    const circle = (x: number, y: number) => `<circle cx="${x}" cy="${y}" r="40" fill="none" stroke="black"/>`
    const olympic = [circle(80, 100), circle(170, 100), circle(260, 100), circle(125, 140), circle(215, 140)]
    const task = figure('How many circles are in the image?', '5', olympic.join(''))
    expect((await solve(shapes, task, sandbox)).end).toMatchObject({ kind: 'answer', answer: '5' })
  })

  test('an empty image makes a skill give up with the reason, not guess', async () => {
    const task = figure('How many squares are in the image?', '1', '')
    const { end } = await solve(squares, task, sandbox)
    expect(end).toMatchObject({ kind: 'give_up', thought: expect.stringContaining('ValueError') })
  })
})

test('skills know their questions in other wordings, and leave the questions of others', () => {
  const fitting = (question: string) =>
    [lines, grid, squares, shapes].filter(skill => skill.fits(question)).map(skill => skill.name)
  expect(fitting('Count the intersection points where the blue and red lines meet.')).toEqual(['lines'])
  expect(fitting('Count the number of rows and columns of this grid.')).toEqual(['grid'])
  expect(fitting('Count total number of squares in the image.')).toEqual(['squares'])
  expect(fitting('How many pentagons are in the image?')).toEqual(['shapes'])
  expect(fitting('How many rows does the train have?')).toEqual([])
  expect(fitting('What colour is the line?')).toEqual([])
})
