import { afterAll, expect, test } from 'vitest'
import { repeats } from '../../../checks/rerun/repeats.ts'
import { thymeRows } from '../../../rollouts/formats/thyme-rows.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import { storyFolder } from '../../rollouts/story.ts'
import { withRun } from '../scripted.ts'

const sandbox = bubblewrap()
afterAll(() => sandbox[Symbol.asyncDispose]())

const theirs = '/data/train/images/0001.jpg'

/** What code of Thyme does with paths, what it showed there, and what comes of it here. Pictures it saves are shown. */
const table: [what: string, code: string, shown: string, verdict: string, cause: string, drawn?: string][] = [
  [
    'opens its picture by PIL, and writes and reads in its folder',
    `from PIL import Image
import os
image_path = "${theirs}"
crop = Image.open(image_path).crop((0, 0, 4, 4))
os.makedirs("/mnt/data/temp_processed_images", exist_ok=True)
path = "/mnt/data/temp_processed_images/0001_crop.png"
crop.save(path)
print(path, os.path.exists(path), Image.open(path).size)`,
    '/mnt/data/temp_processed_images/0001_crop.png True (4, 4)\n<image>',
    'same',
    '',
    'b.png',
  ],
  [
    'opens and writes by OpenCV',
    `import cv2
picture = cv2.imread("${theirs}")
cv2.imwrite("/mnt/data/a.png", picture)
print(picture.shape, cv2.imread("/mnt/data/a.png").shape)`,
    '(6, 8, 3) (6, 8, 3)\n<image>',
    'same',
    '',
    'a.png',
  ],
  ['opens a file of words', 'print(open("/data/notes.txt").read())', 'words', 'cannot_run', 'needs_file'],
  ['lists another folder', 'import os\nprint(os.path.exists("/data/train"))', 'True', 'rewritten', ''],
]

test('code of Thyme finds its picture and its folder, and nothing else of that machine', async () => {
  await using folder = await storyFolder()
  const rows = table.map(([what, code, shown, , , ...drawn]) => ({
    image: ['a.png', ...drawn],
    question: `<image>\nWhat is it? (${what})`,
    response: `<think>I look.\n<code>\n\`\`\`python\n${code}\n\`\`\`\n</code><sandbox_output>${shown}</sandbox_output></think>\n<answer>8</answer>`,
  }))
  const rollouts = thymeRows(await folder.rows('rows.jsonl', rows))
  await withRun({ sandbox, teachers: [], tasks: [], rollouts, checks: [repeats()] }, async run => {
    await run.run()
    const came = (await run.trajectories()).map(({ task, origin }) => [
      task.question,
      origin?.rerun?.verdict,
      origin?.rerun?.cause,
    ])
    expect(came.sort()).toEqual(
      table.map(([what, , , verdict, cause]) => [`What is it? (${what})`, verdict, cause]).sort(),
    )
  })
})
