import { afterAll, expect, test } from 'vitest'
import { charts } from '../../../../examples/demo/charts.ts'
import { bubblewrap } from '../../../../sandbox/bubblewrap.ts'
import { chart } from '../../../../teachers/program/skills/chart.ts'
import { mistakes, solve, tasksFor } from './solving.ts'

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

test('the chart skill is right on most charts it has not seen', async () => {
  const tasks = await tasksFor(chart, charts({ seed: 977, count: 20 }), 20)
  expect(tasks).toHaveLength(20)
  const wrong = await mistakes(chart, tasks, sandbox)
  expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(4)
})

test('it looks before it answers, shows the labels it reads, and says why before each call', async () => {
  const [task] = await tasksFor(chart, charts({ seed: 5, count: 1 }), 1)
  if (!task) throw new Error('there is a chart')
  const { steps } = await solve(chart, task, sandbox)
  expect(steps.length).toBeGreaterThanOrEqual(3)
  expect(steps[1]?.text).toMatch(/Images: image_2 \(\d+x\d+\)/)
  expect(steps[2]?.text).toMatch(/reading: .+ = [\d.]+/)
})

test('it gives up where a call failed, with the last line of the error', () => {
  const text = 'error:\nTraceback (most recent call last):\n  File "<cell 1>"\nIndexError: no axis'
  const steps = [{ name: 'python', arguments: { code: '' }, text }]
  const end = chart.next({ question: 'In the chart, what is it?', images: 1, tools: ['python'], steps })
  expect(end).toMatchObject({ kind: 'give_up', thought: expect.stringContaining('IndexError: no axis') })
})
