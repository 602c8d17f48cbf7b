import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { config, place } from './command.ts'

/** The command where its runs lie on a disk of so many MiB; a jail within it is still possible. */
const onDisk = (folder: string, mebibytes: number) =>
  `set -- bwrap --dev-bind / / --cap-add ALL --size ${mebibytes << 20} --tmpfs ${join(folder, 'runs')} -- "$@"`

test('where there is no room to keep an answer nothing is asked, and it goes on when there is', async () => {
  await using here = await place()
  await here.tasks([{}, {}])
  await mkdir(join(here.folder, 'runs'))
  const { code, err } = await here.kindling(['run', config, '--json'], onDisk(here.folder, 60))
  const said = err.split('\n').filter(line => line !== '' && !line.startsWith('{'))
  expect({ code, said, asked: here.asked.length }).toEqual({
    code: 74,
    said: [expect.stringMatching(/^runs\/command: \d+ MiB are free.+; make room or choose another `output`/)],
    asked: 0,
  })
  const ended = await here.kindling(['run', config, '--json'], onDisk(here.folder, 200))
  expect(ended.code, ended.err).toBe(0)
  expect(here.asked.length).toBe(4)
})

test.each([26, 40, 80])(
  'with %i file descriptors a run is refused in a line, before anything is asked',
  async count => {
    await using here = await place()
    await here.tasks([{}])
    const { code, err } = await here.kindling(['run', config], `ulimit -n ${count}`)
    expect({ code, err: err.trim(), asked: here.asked.length }).toEqual({
      code: 69,
      err: `128 open files are needed, and ${count} are allowed (there are too few file descriptors); raise the limit (\`ulimit -n 4096\`), then run the same command again`,
      asked: 0,
    })
  },
)
