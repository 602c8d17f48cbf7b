import { expect, test } from 'vitest'
import { smallJail } from '../../small-jail.ts'
import { says, scripted, tasks, withRun } from '../scripted.ts'

const warnings = (progress: { kind: string }[]) =>
  progress.flatMap(each =>
    'message' in each && String(each.message).includes('replied') ? [each.message] : [],
  )

test('a teacher whose samples are all the same is named, and one whose samples differ is not', async () => {
  let number = 0
  const same = scripted(() => says('8'), { name: 'same', samples: 2 })
  const various = scripted(() => says(String(++number)), { name: 'various', samples: 3 })
  const half = scripted(({ sample }) => says(`${sample > 1 ? 'other' : '8'}`), { name: 'half', samples: 3 })
  const single = scripted(() => says('8'), { name: 'single' })
  await using sandbox = smallJail()
  await withRun({ sandbox, teachers: [same, various, half, single], tasks: tasks(2) }, async run => {
    await run.run()
    expect(warnings(run.progress)).toEqual([
      'same replied the same in every sample of 2 of 2 tasks; give it a `temperature` above 0 and no fixed seed, or `samples: 1`',
    ])
  })
})
