import Type from 'typebox'
import { afterAll, expect, test } from 'vitest'
import { explain } from '../../cli/exit.ts'
import { hf } from '../../output/targets/hf.ts'
import type { Config } from '../../pipeline/config.ts'
import { PlugInError } from '../../schemas/blame.ts'
import { StoreError } from '../../store/errors.ts'
import { defineTool } from '../../tools/tool.ts'
import { smallJail } from '../small-jail.ts'
import { calls, says, scripted, withRun } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const named = { name: 'polite', version: 1, options: {} }
const throwing = (error: unknown) => (): never => {
  throw error
}
const oops = throwing(new Error('oops\nin my code'))

const broken: [kind: string, config: Partial<Config>, line: RegExp][] = [
  [
    'check',
    { checks: [{ ...named, measure: oops }] },
    /^check polite \(task width\/1\): oops \(.*blame\.test\.ts:\d+\)$/,
  ],
  ['screen', { screens: [{ ...named, screen: oops }] }, /^screen polite \(task width\/1\): oops \(/],
  ['filter', { filters: [{ ...named, begin: () => oops }] }, /^filter polite \(task width\/1\): oops \(/],
  ['selector', { filters: [{ ...named, select: oops }] }, /^selector polite: oops \(/],
  ['export', { exports: [{ ...hf(), name: 'mine', row: oops }] }, /^export mine \(task width\/1\): oops \(/],
]

test.each(broken)(
  'a %s of the user’s own that throws is named with its task in one line, with status 2',
  (_, config, line) =>
    withRun({ sandbox, teachers: [scripted(() => says('8'))], ...config }, async run => {
      const error = await run.run().catch(thrown => thrown)
      expect(error).toBeInstanceOf(PlugInError)
      expect(explain(error)).toEqual({ text: expect.stringMatching(line), exit: 2 })
    }),
)

const tool = (run: () => never) =>
  defineTool({ name: 'mine', description: 'Mine.', args: Type.Object({}), options: {}, stateful: false, run })
const using = () => scripted(({ turns }) => (turns.length === 0 ? calls(['mine', '{}']) : says('8')))

test('a slip in a tool of the user’s own is named with its task; what only failed is tried again by the next run', async () => {
  const slip = tool(throwing(new TypeError('x is not a function')))
  await withRun({ sandbox, teachers: [using()], tools: [slip] }, async run => {
    await expect(run.run()).rejects.toThrow(/^tool mine \(task width\/1\): x is not a function \(/)
  })
  const away = tool(throwing(new Error('nobody answers')))
  await withRun({ sandbox, teachers: [using()], tools: [away] }, async run => {
    await run.run()
    expect(await run.fates()).toEqual({ 'width/1': 'synthesize/failed_tool' })
  })
})

test('what contracts know comes through a plug-in as it is', () => {
  const full = new StoreError('the disk is full')
  return withRun({ sandbox, teachers: [scripted(() => says('8'))] }, async run => {
    await expect(run.run({ checks: [{ ...named, measure: throwing(full) }] })).rejects.toBe(full)
  })
})
