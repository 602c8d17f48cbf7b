import { expect, test } from 'vitest'
import { LockedError, lockRun } from '../../store/lock.ts'
import { temporaryFolder } from '../fixtures.ts'

test('a run is held by one at a time, and free again when it is let go of', async () => {
  await using folder = await temporaryFolder()
  {
    using _held = await lockRun(folder.path)
    await expect(lockRun(folder.path)).rejects.toThrow(LockedError)
  }
  using _again = await lockRun(folder.path)
})
