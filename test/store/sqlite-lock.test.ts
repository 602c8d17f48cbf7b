import { expect, test } from 'vitest'
import { LockedError } from '../../store/errors.ts'
import { lockFolder } from '../../store/sqlite-lock.ts'
import { temporaryFolder } from '../fixtures.ts'

test('a run is held by one at a time, and free again when it is let go of', async () => {
  await using folder = await temporaryFolder()
  {
    using _held = await lockFolder(folder.path)
    await expect(lockFolder(folder.path)).rejects.toThrow(LockedError)
  }
  using _again = await lockFolder(folder.path)
})
