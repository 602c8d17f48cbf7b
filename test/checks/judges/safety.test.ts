import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { safety } from '../../../checks/judges/safety.ts'
import { prompt } from '../../../prompts/prompt.ts'
import { keepImage } from '../../../store/images.ts'
import { checkConformance } from '../../conformance/check.ts'
import { answerTurn, observation, png, pythonTurn, temporaryFolder, trajectory } from '../../fixtures.ts'
import { modelBench, type Say } from '../judging.ts'

const say: Say = ({ text, verdict }) => verdict(/secret/.test(text) ? 'forbidden' : 'allowed')

/** Without pictures, whose bytes would be needed. */
const worded = { question: [{ type: 'text' as const, text: 'How wide is it?' }] }
const saying = (thought: string) =>
  trajectory({ ...worded, turns: [pythonTurn({}, thought), answerTurn('8')] })

describe('safety', () => {
  checkConformance(async use => {
    await using bench = await modelBench(say)
    const check = safety({ models: [bench.model('a')] })
    await use({ check, context: bench.context, passing: saying('I look.'), failing: saying('A secret.') })
  })
})

test('the judge sees everything that could be trained on', async () => {
  await using bench = await modelBench(say)
  const [asked, shown] = [
    await keepImage(bench.store, await png(8)),
    await keepImage(bench.store, await png(9)),
  ]
  const seen = observation({
    parts: [
      { type: 'text', text: 'what came' },
      { type: 'image', image: shown },
    ],
  })
  const row = trajectory({
    question: [{ type: 'image', image: asked }, ...worded.question],
    turns: [
      { ...pythonTurn({ code: 'the_code()' }, 'the thought'), observations: [seen] },
      answerTurn('the answer'),
    ],
  })
  await safety({ models: [bench.model('a')] }).measure(row, bench.context)
  const [{ text, images } = { text: '', images: 0 }] = bench.heard
  for (const word of ['How wide is it?', 'the thought', 'the_code()', 'what came', 'the answer'])
    expect(text).toContain(word)
  expect(images).toBe(2)
})

test('the policy is a file of one’s own where one is given', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'policy.md')
  await writeFile(path, 'Forbid all that is green.')
  await using bench = await modelBench(say)
  const check = safety({ models: [bench.model('a')], policy: prompt('policy', path) })
  await check.measure(saying('I look.'), bench.context)
  expect(bench.heard[0]?.system).toBe('Forbid all that is green.')
  expect(check.options).not.toEqual(safety({ models: [bench.model('a')] }).options)
})
