import { afterAll, expect, test } from 'vitest'
import { reexecutes } from '../../../checks/reexecutes.ts'
import { replayRun } from '../../../pipeline/jobs/replay.ts'
import { TeacherError } from '../../../teachers/teacher.ts'
import { python } from '../../../tools/python.ts'
import type { Tool } from '../../../tools/tool.ts'
import { smallJail } from '../../small-jail.ts'
import { runs, says, scripted, seenBy, withRun } from '../scripted.ts'

const sandbox = smallJail()
afterAll(() => sandbox[Symbol.asyncDispose]())

const codes = ['%matplotlib inline\nx = =', 'x = (1\ny = 2', 'image_1.width']

/** What an older kindling told before the error, as it stands in runs of then. */
const before = `Traceback (most recent call last):
  File "/sandbox/kernel.py", line 172, in parse
    return ast.parse(code, name), code
           ^^^^^^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.11/ast.py", line 50, in parse
    return compile(source, filename, mode, flags,
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "<cell 1>", line 1
    %matplotlib inline
    ^
SyntaxError: invalid syntax

During handling of the above exception, another exception occurred:

`
const twice = (text: string) => text.replace(/^ {2}File "<cell/m, match => `${before}${match}`)

/** Python as it told errors then. */
const older: Tool = {
  ...python(),
  async run(args, context) {
    const { parts, data, ...rest } = await python().run(args, context)
    const error = data?.kind === 'cell' && data.error
    return {
      ...rest,
      parts: parts.map(part => (part.type === 'text' ? { ...part, text: twice(part.text) } : part)),
      data: error ? { ...data, error: { ...error, traceback: twice(error.traceback) } } : data,
    }
  },
}

/** Makes all calls and answers with what it saw last; where it is told to, it breaks once before it answers. */
function teacherOf(breaks: boolean) {
  let left = breaks ? 1 : 0
  return scripted(request => {
    const code = codes[request.turns.length]
    if (code) return runs(code)
    if (left-- > 0) throw new TeacherError('the wire broke', { fatal: true })
    return says(/result:\n(\d+)/.exec(seenBy(request))?.[1] ?? '?')
  })
}

test('a rollout that was told errors in older words goes on from its turns, and keeps those words', async () => {
  const teacher = teacherOf(true)
  await withRun({ sandbox, teachers: [teacher], checks: [reexecutes()] }, async run => {
    await expect(run.run({ tools: [older] })).rejects.toThrow('the wire broke')
    const asked = teacher.asked.length
    await run.run()
    expect(teacher.asked.length - asked).toBe(1)
    const [trajectory] = await run.trajectories()
    expect(JSON.stringify(trajectory?.turns).match(/During handling/g)).toHaveLength(4)
    const [row] = await run.rows()
    expect(row?.measured.facts).toMatchObject([{ check: 'reexecutes', passed: true }])
  })
})

test('a run that was told errors in older words is replayed byte for byte', async () => {
  const teacher = teacherOf(false)
  await withRun({ sandbox, teachers: [teacher] }, async run => {
    await run.run({ tools: [older] })
    const replay = await replayRun(await run.open({}, { asks: 'nobody' }))
    expect(replay).toMatchObject({ rollouts: 1, different: [], missing: [], extra: [] })
  })
  expect(teacher.asked).toHaveLength(4)
})
