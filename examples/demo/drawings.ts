import type { AnswerType } from '../../schemas/task.ts'
import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import { drawGrid } from './drawings/grid.ts'
import { drawLines } from './drawings/lines.ts'
import { drawSquares } from './drawings/squares.ts'
import { type Random, random } from './random.ts'
import { renderPng } from './render.ts'

/** A picture with a question about it. */
export interface Drawing {
  svg: string
  question: string
  answer: string
  answerType: AnswerType
  kind: string
}

const kinds: ((chance: Random) => Drawing)[] = [drawLines, drawGrid, drawSquares]

/**
 * Perception tasks in the manner of BlindTest (Rahmanzadehgervi et al. 2024, arXiv 2407.06581): how often two lines
 * meet, how many rows and columns a table has, how many squares are nested. The seed decides every byte.
 */
export function drawings({ seed, count }: { seed: number; count: number }): TaskSource {
  return {
    name: 'drawings',
    options: { seed, count },
    async *read() {
      for (let index = 0; index < count; index++) yield draft(seed, index)
    },
  }
}

function draft(seed: number, index: number): TaskDraft {
  const chance = random(`drawings/${seed}/${index}`)
  const draw = kinds[index % kinds.length] ?? drawLines
  const { svg, question, answer, answerType, kind } = draw(chance)
  const id = `drawings/${String(index + 1).padStart(4, '0')}`
  return {
    place: id,
    id,
    question,
    images: [{ place: id, bytes: renderPng(svg) }],
    choices: null,
    answer,
    answerType,
    tolerance: null,
    category: 'perception',
    source: { name: 'kindling-demo/drawings', licence: 'Apache-2.0' },
    meta: { kind },
  }
}
