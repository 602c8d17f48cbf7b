import type { Trajectory } from '../../schemas/trajectory.ts'
import { answerTurn, droppedBy, pythonTurn, reminded, reply, searchTurn } from '../fixtures.ts'
import { about, dropped, kept } from '../output/rows.ts'
import type { RowsAbout } from './exported.ts'

/** A row of each kind that people look at differently. */
export const manyKinds: RowsAbout = pictures => {
  const [first = [], second = []] = [pictures.slice(0, 1), pictures.slice(1)]
  const named = (id: string, number: number, changes: Partial<Trajectory> = {}) => {
    const base = about(first, number, changes)
    return { ...base, task: { ...base.task, id } }
  }
  const plain = named('test/plain', 1)
  const wrong = dropped(
    named('test/wrong', 2, {
      turns: [
        pythonTurn({ status: 'error', error: { name: 'ValueError', value: 'no', traceback: '' } }),
        answerTurn('9'),
      ],
      outcome: { kind: 'answered', answer: '9' },
    }),
  )
  return [
    kept(plain),
    {
      measured: {
        ...wrong.measured,
        facts: [{ check: 'answer', version: 1, passed: false, reason: 'not_equal', detail: '9 is not 8' }],
      },
      verdict: droppedBy('passed', 'answer_wrong', { detail: 'it says 9' }),
    },
    kept(searching(pictures)),
    kept(named('test/reminded', 4, { turns: reminded().turns })),
    kept(named('test/sibling', 5)),
    {
      ...dropped(named('test/sibling', 6, { sample: 1, teacher: { name: 'other', options: {} } })),
      verdict: droppedBy('passed', 'answer_wrong'),
    },
    {
      ...dropped(named('test/twin', 7)),
      verdict: droppedBy('duplicates', 'same_code', {
        detail: `duplicate of test/plain ${plain.key.slice(0, 12)}`,
      }),
    },
  ]

  function searching(all: typeof pictures): Trajectory {
    const base = about([...first, ...second], 3, {
      turns: [
        searchTurn([['Lenses', 'A fresnel lens is thin.']]),
        { ...answerTurn('8'), reply: reply({ text: '<answer>8</answer>' }) },
      ],
    })
    const source = { name: 'towers', licence: 'CC-BY-4.0', url: 'https://towers.example/7' }
    const origin = { file: 'tasks.jsonl', row: 7 }
    const question = 'How high is the lighthouse?'
    const images = [...all]
    return {
      ...base,
      task: { ...base.task, id: 'test/search', question, images, category: 'search', source, origin },
    }
  }
}
