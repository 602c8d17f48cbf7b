import { shortened } from '../schemas/input-error.ts'
import { machineFault } from '../schemas/machine-fault.ts'

const faults: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'there is no permission to read it',
  EPERM: 'there is no permission to read it',
  ELOOP: 'it is a link to itself',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'its name is too long for a path',
}

/** Why a file cannot be read, in words. A fault of the machine, which is no fault of the file, is thrown. */
export function fileFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!(code in faults) && machineFault(error)) throw error
  return faults[code] ?? `it cannot be read (${faultOf(error)})`
}

/** The first line of what an error says, which may hold what a file does. */
export const faultOf = (error: unknown): string =>
  shortened(String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '', 300)

/** A path as it may lie on a disk: as it is, with its accents in one character each, and with them apart (macOS). */
export const spellingsOf = (path: string): string[] => [
  ...new Set([path, path.normalize('NFC'), path.normalize('NFD')]),
]
