import { expect, test } from 'vitest'
import { missingPackages, packages } from '../../sandbox/packages.ts'

test('the lite tier is part of the full one', () => {
  expect(packages.full).toEqual(expect.arrayContaining([...packages.lite]))
  expect(packages.lite).toContain('bubblewrap')
})

test('nothing is asked for where all is installed', async () => {
  const missing = await missingPackages('lite')
  expect(missing).toEqual({
    packages: [],
    downloadBytes: 0,
    installedBytes: 0,
    commands: [],
    commandLine: '',
  })
})
