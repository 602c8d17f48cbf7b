import { afterAll, expect, test } from 'vitest'
import { reexecutes } from '../../../checks/reexecutes.ts'
import type { PictureLimits } from '../../../pipeline/config.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { sha256 } from '../../../schemas/hash.ts'
import { imagesIn } from '../../../schemas/task.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { python } from '../../../tools/python.ts'
import type { Tool, ToolContext } from '../../../tools/tool.ts'
import { smallJail } from '../../small-jail.ts'
import { runs, says, scripted, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Makes all calls and answers; the first time it breaks before it answers. */
function breaking(codes: readonly string[]) {
  let broken = false
  return scripted(({ turns }) => {
    const code = codes[turns.length]
    if (code !== undefined) return runs(code)
    if (broken) return says('8')
    broken = true
    throw new TeacherError('the wire broke', { fatal: true })
  })
}

/** A run that breaks, goes on, is executed again and replayed; gives what the calls said and how much they showed. */
async function shownBy(codes: readonly string[], pictures?: PictureLimits, first: Tool = python()) {
  const teacher = breaking(codes)
  const limits = pictures && { limits: { pictures } }
  let shown: { notes: string[]; images: number }[] = []
  await withRun({ sandbox, teachers: [teacher], checks: [reexecutes()], ...limits }, async run => {
    await expect(run.run({ tools: [first] })).rejects.toThrow('the wire broke')
    const asked = teacher.asked.length
    await run.run()
    expect(teacher.asked.length - asked).toBe(1)
    const [row] = await run.rows()
    expect(row?.measured.facts).toMatchObject([{ check: 'reexecutes', passed: true }])
    const replay = await replayRun(await run.open({}, { asks: 'nobody' }))
    expect(replay).toMatchObject({ rollouts: 1, different: [], missing: [], extra: [] })
    const [trajectory] = await run.trajectories()
    const observations = trajectory?.turns.flatMap(turn => turn.observations) ?? []
    shown = observations.map(({ parts }) => ({
      notes: parts.flatMap(part =>
        part.type === 'text' ? (part.text.match(/^\d+ images? not shown: .*$/gm) ?? []) : [],
      ),
      images: imagesIn(parts).length,
    }))
  })
  return shown
}

const turbulence =
  '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f"><feTurbulence numOctaves="20" baseFrequency="0.9"/></filter><rect width="4000" height="4000" filter="url(#f)"/></svg>'
const writes = (name: string, text: string) => `open('${name}', 'w').write(${JSON.stringify(text)})`

test('pictures of other formats are not shown, which is told, and the honest one beside them is', async () => {
  const codes = [
    `${writes('a.png', turbulence)}\n${writes('b.gif', `GIF89a${turbulence}`)}\nimage_1.save('c.png')`,
    `${writes('d.jpg', '%PDF-1.4')}\n${writes('e.webp', 'RIFF\0\0\0\0WEBPVP8 ')}`,
  ]
  expect(await shownBy(codes)).toEqual([
    {
      images: 1,
      notes: [
        '1 image not shown: only PNG, JPEG, WebP and GIF are; save it as PNG.',
        '1 image not shown: it is broken or has more than 50 million pixels; save it as PNG.',
      ],
    },
    {
      images: 0,
      notes: [
        '1 image not shown: only PNG, JPEG, WebP and GIF are; save it as PNG.',
        '1 image not shown: it is broken or has more than 50 million pixels; save it as PNG.',
      ],
    },
  ])
})

const plain = (count: number, side = 1000) =>
  `from PIL import Image\nfor n in range(${count}): display(Image.new('RGB', (${side}, ${side}), (n, 0, 0)))`
const noise = (count: number, side: number) =>
  `import numpy as np\nfrom PIL import Image\nfor n in range(${count}): display(Image.fromarray(np.random.randint(0, 255, (${side}, ${side}, 3), np.uint8)))`

const budgets: [string, PictureLimits | undefined, string[], number[], RegExp[]][] = [
  [
    'pixels of a call',
    { callMegapixels: 2 },
    [plain(4), plain(2)],
    [2, 2],
    [/^2 images .*: one call shows at most 2 million pixels\.$/],
  ],
  [
    'bytes of a call',
    { callMegabytes: 1 },
    [noise(3, 400)],
    [2],
    [/^1 image .*: one call shows at most 1 MB of pictures\.$/],
  ],
  [
    'pictures of a rollout',
    { count: 3 },
    [plain(2, 8), plain(4, 8), plain(1, 8)],
    [2, 1, 0],
    [
      /^3 images .*: this conversation has 3 of at most 3 pictures already\.$/,
      /^1 image .*: this conversation has 3 of at most 3 pictures already\.$/,
    ],
  ],
  [
    'pixels of a rollout',
    { megapixels: 3 },
    [plain(2), plain(2)],
    [2, 1],
    [/^1 image .* 3\.0 of at most 3 million pixels already\.$/],
  ],
  [
    'bytes of a rollout',
    { megabytes: 1 },
    [noise(1, 400), noise(2, 400)],
    [1, 1],
    [/^1 image .*has 1\.0 of at most 1 MB of pictures already\.$/],
  ],
  ['bytes of a call, by default', undefined, [noise(2, 1500)], [1], [/^1 image .* 12 MB of pictures\.$/]],
]

test.each(budgets)(
  'a rollout ends with its budget of %s, and the teacher is told',
  async (_, pictures, codes, images, notes) => {
    const shown = await shownBy(codes, pictures)
    expect(shown.map(each => each.images)).toEqual(images)
    const said = shown.flatMap(each => each.notes)
    expect(said).toHaveLength(notes.length)
    for (const [index, note] of notes.entries()) expect(said[index]).toMatch(note)
  },
)

/** Python of before there was a budget, and before anything was said of what is not shown. */
const older: Tool = {
  ...python(),
  run: (args, context) => python().run(args, { ...context, keep: bytes => context.keep(bytes, 'service') }),
}

test('what an older kindling showed beyond the budget, and did not say, stays as it was', async () => {
  const codes = [noise(2, 1500), `${noise(2, 1500)}\n${writes('a.png', 'no picture')}`]
  expect(await shownBy(codes, undefined, older)).toEqual([
    { images: 2, notes: [] },
    { images: 2, notes: [] },
  ])
})

test('a transparent picture that an older kindling showed stays as it was when the call is made again', async () => {
  const code = "from PIL import Image\nImage.new('RGBA', (40, 30)).save('clear.png')"
  const teacher = breaking([code])
  await withRun({ sandbox, teachers: [teacher], checks: [reexecutes()] }, async run => {
    const keepAll = async (bytes: Uint8Array, context: ToolContext) => {
      const image = await context.keep(bytes)
      return image && { ...image, sha256: await run.store.putBlob(bytes), pixels: sha256(bytes) }
    }
    const then: Tool = {
      ...python(),
      run: (args, context) => python().run(args, { ...context, keep: bytes => keepAll(bytes, context) }),
    }
    await expect(run.run({ tools: [then] })).rejects.toThrow('the wire broke')
    const asked = teacher.asked.length
    await run.run()
    expect(teacher.asked.length - asked).toBe(1)
    const [row] = await run.rows()
    expect(row?.measured.facts).toMatchObject([{ check: 'reexecutes', passed: true }])
    const [trajectory] = await run.trajectories()
    const [image] = imagesIn(trajectory?.turns[0]?.observations[0]?.parts ?? [])
    expect(sha256(await run.store.getBlob(image?.sha256 ?? ''))).toBe(image?.pixels)
    const replay = await replayRun(await run.open({}, { asks: 'nobody' }))
    expect(replay).toMatchObject({ rollouts: 1, different: [], missing: [], extra: [] })
  })
})
