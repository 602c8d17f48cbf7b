import sharp from 'sharp'
import { expect, test } from 'vitest'
import { lookedAt } from '../../images/looked-at.ts'
import { TooSlowError } from '../../store/errors.ts'
import { png } from '../fixtures.ts'

/** Takes longer to decode than a process needs to see that it takes too long. */
const large = await sharp({
  create: { width: 4000, height: 3000, channels: 3, background: 'red', noise: { type: 'gaussian' } },
})
  .png({ compressionLevel: 0 })
  .toBuffer()

test.each(Object.entries(lookedAt))(
  'what looks for %s is bounded, takes a signal and gives what it found',
  async (_, look) => {
    expect(await look({}, await png())).toBeDefined()
    await expect(look({ cpuMs: 1 }, large)).rejects.toThrow(TooSlowError)
    const stop = new AbortController()
    const looking = look({ signal: stop.signal }, large)
    stop.abort(new Error('that will do'))
    await expect(looking).rejects.toThrow('that will do')
    await expect(look({}, Buffer.from('no picture'))).rejects.toThrow(/^it cannot be decoded/)
  },
)
