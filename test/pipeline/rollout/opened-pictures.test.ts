import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { pilot } from '../../../pipeline/jobs/pilot.ts'
import { deadResult } from '../../../sandbox/running-cell.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { calculator } from '../../../tools/calculator.ts'
import { png } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, widths, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** The same sandbox, which counts sessions that hold pictures. */
function counted(): Sandbox & { opened: number } {
  const seen = {
    ...sandbox,
    opened: 0,
    open(options: Parameters<Sandbox['open']>[0]) {
      if (Object.keys(options.files).length > 0) seen.opened += 1
      return sandbox.open(options)
    },
  }
  return seen
}

const teacher = () => scripted(() => says('8'))
const drawing = (bytes: Uint8Array) => ({ images: [{ place: 'here', bytes }] })

/** libvips fills up what Pillow calls truncated. */
async function endsEarly(): Promise<Buffer> {
  const create = { width: 40, height: 30, channels: 3, background: 'red' } as const
  const gif = await sharp({ create: { ...create, noise: { type: 'gaussian', mean: 128, sigma: 50 } } })
    .gif()
    .toBuffer()
  const data = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0, 40, 0, 30, 0])) + 10
  return Buffer.concat([gif.subarray(0, data + 2 + (gif[data + 1] ?? 0)), Buffer.from([0, 0x3b])])
}

test('a picture that Pillow does not open is refused by name before anybody is asked, among many that it opens', async () => {
  const broken = drawing(await endsEarly())
  const many = Array.from({ length: 70 }, async (_, index) => drawing(await png(30, 30 + index)))
  const asked = teacher()
  const source = widths(...(await Promise.all(many)), broken, {})
  await withRun({ sandbox, teachers: [asked], tasks: source }, async run => {
    for (const start of [() => run.run(), async () => pilot(1, await run.open())])
      await expect(start()).rejects.toMatchObject({
        lines: [
          "task width/71: image 1: the sandbox's Python does not open it (OSError: image file is truncated (1 bytes not processed)); save it anew as a plain PNG or remove the row",
        ],
      })
    expect(asked.asked).toEqual([])
    expect(await run.store.count('plan')).toBe(0)
  })
})

test('each picture is opened once, whatever is run later, and none where no tool runs Python', async () => {
  const same = drawing(await png())
  const [all, tasksOfOne] = [counted(), widths(same, same, {})]
  await withRun({ sandbox: all, teachers: [teacher()], tasks: tasksOfOne }, async run => {
    await run.run({ tools: [calculator()] })
    expect(all.opened).toBe(0)
    await run.run()
    expect(all.opened).toBe(1)
    await run.run({ limits: { turns: 3 } })
    expect(all.opened).toBe(1)
    await run.run({ tasks: widths(same, same, {}, {}) })
    expect(all.opened).toBe(2)
  })
})

test('a picture that ends the session is named, and those beside it are opened all the same', async () => {
  const large = await png(300, 200)
  const ended = { exec: async () => deadResult('memory_limit'), async [Symbol.asyncDispose]() {} }
  const open: Sandbox['open'] = async options =>
    Object.values(options.files).some(bytes => large.equals(bytes)) ? ended : sandbox.open(options)
  const source = widths({}, {}, drawing(large), {})
  await withRun({ sandbox: { ...sandbox, open }, teachers: [teacher()], tasks: source }, async run => {
    await expect(run.run()).rejects.toMatchObject({
      lines: [
        "task width/3: image 1: the sandbox's Python does not open it (memory_limit); save it anew as a plain PNG or remove the row",
      ],
    })
    expect((await Array.fromAsync(run.store.scan('images', 'opened/'))).length).toBe(3)
  })
})
