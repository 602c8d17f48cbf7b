import { describe, expect, test } from 'vitest'
import { usedTools } from '../../filters/used-tools.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { filterConformance } from '../conformance/filter.ts'
import { answerTurn, observation, pythonTurn, reply, trajectory } from '../fixtures.ts'

const measured = (...turns: Turn[]) => ({
  trajectory: trajectory({ turns: [...turns, answerTurn('8')] }),
  facts: [],
})

const failed: Turn = pythonTurn({ status: 'error', error: { name: 'NameError', value: 'x', traceback: '' } })

const searches = (count: number): Turn => {
  const calls = Array.from({ length: count }, (_, i) => ({
    id: `s${i}`,
    name: 'text_search',
    arguments: '{}',
  }))
  return {
    reply: reply({ calls, stop: 'calls' }),
    observations: calls.map(call => observation({ callId: call.id, data: null })),
  }
}

describe('usedTools', () => {
  filterConformance({ filter: usedTools({ min: 1 }), kept: measured(pythonTurn()), dropped: measured() })
})

const few = (detail: string) => ({ keep: false, reason: 'too_few_calls', detail })

test.each<[string, Parameters<typeof usedTools>[0], Turn[], object]>([
  ['one call where one is asked', { min: 1 }, [pythonTurn()], { keep: true }],
  ['no call', { min: 1 }, [], few('0 of 1')],
  ['none asked', { min: 0 }, [], { keep: true }],
  ['one of two', { min: 2 }, [pythonTurn()], few('1 of 2')],
  ['a mistake does not count', { min: 1 }, [failed], few('0 of 1')],
  ['a mistake between good ones', { min: 2 }, [pythonTurn(), failed, pythonTurn()], { keep: true }],
  ['two calls in one turn', { min: 2 }, [searches(2)], { keep: true }],
  ['only the named tools count', { min: 1, names: ['text_search'] }, [pythonTurn()], few('0 of 1')],
  ['a named tool', { min: 1, names: ['text_search'] }, [pythonTurn(), searches(1)], { keep: true }],
])('%s', (_, options, turns, verdict) => {
  expect(usedTools(options).begin()(measured(...turns))).toEqual(verdict)
})

test('a call without an observation does not count', () => {
  const open = { ...pythonTurn(), observations: [] }
  expect(usedTools({ min: 1 }).begin()(measured(open))).toEqual(few('0 of 1'))
})
