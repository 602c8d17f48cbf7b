import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { solveAndDecide } from '../../../pipeline/jobs/solve-and-decide.ts'
import { sha256 } from '../../../schemas/hash.ts'
import type { Store } from '../../../store/store.ts'
import { png } from '../../fixtures.ts'
import { smallJail } from '../../small-jail.ts'
import { runs, says, scripted, seenBy, widths, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const clear = { r: 0, g: 0, b: 0, alpha: 0 }
const create = { width: 40, height: 30, channels: 4, background: clear } as const
const drawing = (bytes: Uint8Array) => ({ images: [{ place: 'here', bytes }], answer: '40' })
const transparent = await sharp({ create }).png().toBuffer()
const depth = await sharp({ create }).removeAlpha().toColourspace('rgb16').png().toBuffer()
const opaque = await png(40, 30)

/** Under which name a picture is remembered today; an older kindling did not know it. */
const today = (bytes: Uint8Array) => `alike/${sha256(bytes)}`

/** Keeps pictures as they are, as an older kindling did. */
async function asBefore(store: Store, all: readonly Uint8Array[]) {
  for (const bytes of all) {
    const image = {
      sha256: await store.putBlob(bytes),
      pixels: sha256(bytes),
      mime: 'image/png',
      width: 40,
      height: 30,
    }
    await store.put('images', today(bytes), { image, changes: [] })
  }
}

const looks = () =>
  scripted(request =>
    request.turns.length === 0
      ? runs("print(image_1.mode, image_1.convert('RGB').getpixel((0, 0)))")
      : says('40'),
  )

test('a run of before whose pictures are drawn anew now says so and asks, and only those are solved again', async () => {
  const teacher = looks()
  const tasks = widths(drawing(transparent), drawing(opaque), drawing(depth))
  await withRun({ sandbox, teachers: [teacher], tasks }, async run => {
    await asBefore(run.store, [transparent, depth])
    await run.run()
    const before = teacher.asked.map(seenBy).join('\n')
    expect(before).toContain('RGBA (0, 0, 0)')
    for (const bytes of [transparent, depth]) await run.store.delete('images', today(bytes))
    const asked = teacher.asked.length
    const said: string[] = []
    const declined = solveAndDecide(await run.open(), async message => said.push(message) === 0)
    await expect(declined).rejects.toThrow(/accept it with --accept-changes/)
    expect(said).toEqual([expect.stringMatching(/: 2 rollouts \(.*\) because of tasks \(images\)$/)])
    expect(teacher.asked).toHaveLength(asked)
    expect(run.progress).toContainEqual({
      kind: 'note',
      message: '2 of 3 pictures were drawn anew, so that everyone sees the same: 1 on white, 1 in 8 bits',
    })
    await solveAndDecide(await run.open(), async () => true)
    expect(teacher.asked).toHaveLength(asked + 4)
    expect(teacher.asked.slice(asked).map(seenBy).join('\n')).toContain('RGB (255, 255, 255)')
    const again = teacher.asked.length
    await run.run()
    expect(teacher.asked).toHaveLength(again)
  })
})
