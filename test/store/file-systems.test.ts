import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demandFitFileSystem, unfitFileSystem, unfitName } from '../../store/file-systems.ts'
import { temporaryFolder } from '../fixtures.ts'

// The numbers of statfs(2) and linux/magic.h, also as 32 bits with a sign, which some kernels give.
test.each([
  ['ext4', 0xef53, undefined],
  ['XFS', 0x58465342, undefined],
  ['Btrfs', 0x9123683e, undefined],
  ['Btrfs, with a sign', 0x9123683e | 0, undefined],
  ['tmpfs', 0x01021994, undefined],
  ['overlayfs', 0x794c7630, undefined],
  ['ZFS', 0x2fc12fc1, undefined],
  ['NFS', 0x6969, 'NFS'],
  ['Lustre', 0x0bd00bd0, 'Lustre'],
  ['CIFS', 0xff534d42, 'SMB (CIFS)'],
  ['CIFS, with a sign', 0xff534d42 | 0, 'SMB (CIFS)'],
  ['SMB 2', 0xfe534d42, 'SMB 2'],
  ['FUSE', 0x65735546, 'FUSE'],
  ['9p', 0x01021997, '9p'],
])('on %s a store may lie or not', (_, type, name) => {
  expect(unfitName(type)).toBe(name)
})

test('the kernel is asked, and of a folder that is not there the one above it', async () => {
  await using here = await temporaryFolder()
  expect(await unfitFileSystem(join(here.path, 'runs/demo'))).toBeUndefined()
  await expect(demandFitFileSystem(here.path)).resolves.toBeUndefined()
})
