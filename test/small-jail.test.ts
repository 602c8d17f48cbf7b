import { expect, test } from 'vitest'
import { smallJail } from './small-jail.ts'

test('the small jail has what cropping needs and nothing that takes long to start', async () => {
  await using sandbox = smallJail()
  expect(Object.keys((await sandbox.describe()).libraries)).toEqual(['numpy', 'PIL', 'pytesseract'])
})
