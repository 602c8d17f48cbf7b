import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { AnyExport } from '../../output/export.ts'
import { allTables } from '../../output/tables/tables.ts'
import { deepEyesRl } from '../../output/targets/deepeyes-rl.ts'
import { deepEyesSft } from '../../output/targets/deepeyes-sft.ts'
import { hf } from '../../output/targets/hf.ts'
import { llamaFactory } from '../../output/targets/llama-factory.ts'
import { msSwift } from '../../output/targets/ms-swift.ts'
import { openRlhf } from '../../output/targets/openrlhf.ts'
import { rejected } from '../../output/targets/rejected.ts'
import { screenedOut } from '../../output/targets/screened-out.ts'
import { sharegpt } from '../../output/targets/sharegpt.ts'
import { trl } from '../../output/targets/trl.ts'
import { trlGrpo } from '../../output/targets/trl-grpo.ts'
import { verlRl } from '../../output/targets/verl-rl.ts'
import { verlSft } from '../../output/targets/verl-sft.ts'
import { writeExports } from '../../output/write.ts'
import { sha256 } from '../../schemas/hash.ts'
import type { Image } from '../../schemas/image.ts'
import type { Screening } from '../../schemas/screening.ts'
import { image, kinds, temporaryFolder } from '../fixtures.ts'
import { type Age, reading } from '../readers.ts'
import { about, dropped, kept, run, stream } from './rows.ts'

const exports: AnyExport[] = [
  hf(),
  rejected(),
  llamaFactory(),
  deepEyesSft(),
  msSwift(),
  trl(),
  verlSft(),
  sharegpt(),
  verlRl(),
  openRlhf(),
  trlGrpo(),
  deepEyesRl(),
  screenedOut(),
]

/** A photo: encoded again, it is another one. */
const photo = await sharp({
  create: {
    width: 64,
    height: 48,
    channels: 3,
    background: '#808080',
    noise: { type: 'gaussian', mean: 128, sigma: 40 },
  },
})
  .jpeg({ quality: 60 })
  .toBuffer()
const picture: Image = image('', { sha256: sha256(photo), mime: 'image/jpeg', width: 64, height: 48 })

const screened = (route: 'rl' | 'drop'): { id: string; screening: Screening } => {
  const { task } = about([picture], 1)
  const screening = { task: { ...task, id: route, category: 'search' }, route, by: 'difficulty', reason: '' }
  return { id: route, screening: { ...screening, detail: '', data: {} } }
}

async function write(folder: string): Promise<void> {
  const rows = [...Array(20).keys()].map(number => (number < 15 ? kept : dropped)(about([picture], number)))
  const tasks = stream([screened('rl'), screened('drop')])
  const given = { rows: stream(rows), tasks, exports, about: run, kinds, bytes: async () => photo }
  await writeExports({ folder, ...given })
}

interface Compared {
  features: object
  inFile: object
  decode: boolean
  untouched: boolean
  memory: number
  said: number
}

test.each(['newest', 'oldest'] as const)(
  'the %s datasets reads in the card what the files say',
  async (age: Age) => {
    await using folder = await temporaryFolder()
    await write(join(folder.path, 'export'))
    const configs = await reading<Record<string, Compared>>(
      age,
      'datasets_card.py',
      join(folder.path, 'export'),
    )
    const names = [...exports, ...allTables].map(({ name }) => name)
    expect(Object.keys(configs).sort()).toEqual(names.sort())
    for (const [name, { features, inFile, decode, untouched, memory, said }] of Object.entries(configs)) {
      expect(features, name).toEqual(inFile)
      expect(untouched, name).toBe(!decode)
      expect(Math.abs(said - memory) / memory, name).toBeLessThan(0.01)
    }
    const whole = exports.map(({ name }) => name).filter(name => configs[name]?.untouched)
    expect(whole).toEqual(['llamafactory', 'deepeyes_sft', 'ms_swift', 'verl_sft', 'sharegpt'])
  },
)
