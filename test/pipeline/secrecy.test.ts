import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { png, temporaryFolder } from '../fixtures.ts'
import { smallJail } from '../small-jail.ts'
import { runs, says, scripted, seenBy, widths, withRun } from './scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

/** Looks for a way to the answer: files, variables, environment, arguments. */
const search = `
import os, sys
print(os.getcwd(), sorted(os.listdir('.')), sys.argv, dict(os.environ))
print({name: str(value)[:500] for name, value in dict(globals()).items()})
print(image_1.filename, image_1.info)
`

test('nothing a teacher is sent, or its code can find, holds the answer, the id, the source or a file’s name', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'qzxanswer-folder', 'qzxanswer.png')
  await mkdir(join(folder.path, 'qzxanswer-folder'))
  await writeFile(path, await png())
  const secret = widths({
    place: 'qzxplace:1',
    id: 'qzxid',
    images: [{ place: 'qzxplace:1', path }],
    answer: 'qzxanswer',
    answerType: 'text',
    category: 'qzxcategory',
    source: { name: 'qzxsource', licence: 'qzxlicence', url: 'https://qzxurl.example' },
    meta: { hint: 'qzxmeta' },
  })
  const teacher = scripted(({ turns }) => (turns.length < 2 ? runs(search) : says('something')))
  await withRun({ sandbox, teachers: [teacher], tasks: secret }, async run => {
    await run.run()
    expect(teacher.asked).toHaveLength(3)
    expect(seenBy(teacher.asked[1] ?? never)).toMatch(/image_1\.png.*image_1/s)
    expect(JSON.stringify(teacher.asked)).not.toMatch(/qzx/i)
    expect(JSON.stringify(await run.trajectories())).toMatch(/qzxanswer/)
  })
})

const never = { system: '', question: [], turns: [], tools: [], sample: 0, maxTokens: 0 }
