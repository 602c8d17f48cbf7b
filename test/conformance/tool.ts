import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { Image } from '../../schemas/image.ts'
import { Observation } from '../../schemas/trajectory.ts'
import { validator } from '../../schemas/validate.ts'
import { type Tool, type ToolContext, ToolError, type ToolResult } from '../../tools/tool.ts'

/** A tool with what it works on. */
export interface ToolCase extends AsyncDisposable {
  tool: Tool
  context: ToolContext
  /** Arguments of calls that can be made, in this order. */
  good: object[]
  /** Arguments that the schema allows and that make no sense now; none where there is no such thing. */
  senseless: object[]
  /** Arguments that the schema must not allow. */
  invalid: unknown[]
}

const observation = validator(Observation)
const isImage = validator(Image)

/** What every tool must do. A new one is done when this passes. `make` gives the same state each time. */
export function toolConformance(name: string, make: () => Promise<ToolCase>) {
  const tool = (title: string, work: (given: ToolCase) => Promise<void>) =>
    test(`${name} ${title}`, async () => {
      await using given = await make()
      await work(given)
    })

  tool(
    'can be told to every provider: a plain name, a description, a closed object of arguments',
    async given => {
      const { name, description, args } = given.tool
      expect(name).toMatch(/^[a-z_][a-z0-9_]{0,63}$/)
      expect(description.trim()).not.toBe('')
      const schema = JSON.parse(JSON.stringify(args))
      expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
      expect(new Ajv2020({ strict: true }).validateSchema(schema)).toBe(true)
    },
  )

  tool('says what it is in plain data', async ({ tool: { options } }) => {
    expect(JSON.parse(JSON.stringify(options))).toEqual(options)
  })

  tool('takes good arguments and no others', async given => {
    const check = validator(given.tool.args)
    for (const args of [...given.good, ...given.senseless]) expect(check(args)).toMatchObject({ ok: true })
    const wrong = [...given.invalid, { ...given.good[0], extra: 1 }, null, 'text', []]
    for (const args of wrong) expect(check(args), JSON.stringify(args)).toMatchObject({ ok: false })
  })

  tool('gives text first, then images that are kept, named in the text in order', async given => {
    let shown = given.context.images.length
    for (const args of given.good) {
      const images = [...given.context.images]
      const result = await given.tool.run(args as never, given.context)
      expect(observation({ callId: 'a', ...result })).toMatchObject({ ok: true })
      expect(result.parts.map(({ type }) => type).lastIndexOf('text')).toBe(0)
      await expectNamed(result, shown, given.context)
      expect(given.context.images).toEqual(images)
      shown = given.context.images.length
    }
  })

  tool('gives the same for the same calls from the same state', async given => {
    const first = await runAll(given)
    await using again = await make()
    expect(await runAll(again)).toEqual(first)
  })

  tool('tells the teacher what made no sense, and goes on', async given => {
    for (const args of given.senseless) {
      const error: unknown = await given.tool
        .run(args as never, given.context)
        .catch((thrown: unknown) => thrown)
      expect(error, JSON.stringify(args)).toBeInstanceOf(ToolError)
      expect((error as ToolError).message).toMatch(/^\S[^\n]*$/)
    }
    expect(await runAll(given)).toHaveLength(given.good.length)
  })
}

async function runAll({ tool, context, good }: ToolCase): Promise<ToolResult[]> {
  const results: ToolResult[] = []
  for (const args of good) results.push(await tool.run(args as never, context))
  return results
}

async function expectNamed({ parts, data }: ToolResult, shown: number, { bytes }: ToolContext) {
  const [text = ''] = parts.flatMap(part => (part.type === 'text' ? [part.text] : []))
  const images = parts.flatMap(part => (part.type === 'image' ? [part.image] : []))
  const names = images.map((_, index) => `image_${shown + index + 1}`)
  expect(text.match(/\bimage_\d+(?=[ :])/g)?.filter(name => Number(name.slice(6)) > shown) ?? []).toEqual(
    names,
  )
  const inData = data?.kind === 'cell' ? data.images : data?.results.flatMap(({ image }) => image ?? [])
  expect(inData ?? images).toEqual(images)
  for (const image of images) {
    expect(isImage(image)).toMatchObject({ ok: true })
    expect((await bytes(image)).length).toBeGreaterThan(0)
  }
}
