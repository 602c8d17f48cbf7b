import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type OpenAiOptions, openai } from '../../teachers/openai.ts'
import { priceOf, readPrices, usdOf } from '../../teachers/prices.ts'
import { question } from '../conformance/teacher.ts'
import { temporaryFolder } from '../fixtures.ts'
import { completion, wireServer } from './wire-server.ts'

const { signal } = new AbortController()
const text = readFileSync(join(import.meta.dirname, '../../docs/models.md'), 'utf8')
const blockOf = (mark: string) =>
  new RegExp(`^\`\`\`\\w+ ${mark}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)?.[1] ?? ''

/** The options of every example, as they are written. */
function examples(): OpenAiOptions[] {
  const given: OpenAiOptions[] = []
  const take = (options: OpenAiOptions) => void given.push(JSON.parse(JSON.stringify(options)))
  runInNewContext(blockOf('servers'), { openai: take })
  return given
}

test('the document has an example for each server', () => {
  const names = [...blockOf('servers').matchAll(/^\/\/ ([\w. ]+)/gm)].map(([, name]) => name)
  expect(names).toEqual(['vLLM', 'SGLang', 'llama.cpp', 'Ollama', 'LM Studio'])
  expect(examples()).toHaveLength(names.length)
})

test.each(examples().map(options => [options.baseURL, options] as const))(
  'the example for the server at %s is taken, and all of it arrives',
  async (_, options) => {
    await using server = await wireServer(() => ({ body: completion() }))
    const teacher = openai({ ...options, baseURL: server.url })
    await teacher.ask(question({ sample: 2 }), signal)
    const { params, model } = options
    expect(Object.keys(params ?? {}).length).toBeGreaterThan(1)
    expect(server.arrived[0]?.body).toMatchObject({ ...params, model, seed: 3 })
  },
)

test('a price file for a machine of one’s own is taken, and a model on it is free', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'prices.json')
  await writeFile(path, blockOf('free'))
  const prices = await readPrices(path)
  for (const { model } of examples()) {
    const price = priceOf(prices, model)
    if (!price) throw new Error(`no price for ${model}`)
    expect(usdOf({ usage: { input: 1000, output: 1000, cached: 10, reasoning: 0 }, images: 3 }, price)).toBe(
      0,
    )
  }
})
