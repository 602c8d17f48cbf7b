/** What the machine refuses: in words, and what helps. */
export interface MachineFault {
  words: string
  cure: string
  /** `disk` is status 74, `means` 69: something needed is not there; `busy` 75. */
  kind: 'disk' | 'means' | 'busy'
}

const room = 'make room or choose another `output`'
const allow = 'allow it or choose another `output`'
const elsewhere = 'choose another `output`'
const mend = 'see to that (`dmesg` may say why)'
const descriptors = 'raise the limit (`ulimit -n 4096`)'

/**
 * What the kernel says (errno(3)), and SQLite as SQLITE_… (https://sqlite.org/rescode.html), which does not hand on
 * what the kernel said.
 */
const faults: Record<string, MachineFault> = {
  ENOSPC: { words: 'the disk is full', cure: room, kind: 'disk' },
  EDQUOT: { words: 'the disk quota is used up', cure: room, kind: 'disk' },
  SQLITE_FULL: { words: 'the disk is full', cure: room, kind: 'disk' },
  EFBIG: {
    words: 'a file has reached the size that is allowed',
    cure: `raise the limit (\`ulimit -f\`) or ${elsewhere}`,
    kind: 'disk',
  },
  EACCES: { words: 'there is no permission', cure: allow, kind: 'disk' },
  EPERM: { words: 'there is no permission', cure: allow, kind: 'disk' },
  SQLITE_PERM: { words: 'there is no permission', cure: allow, kind: 'disk' },
  EROFS: { words: 'the file system is read-only', cure: elsewhere, kind: 'disk' },
  SQLITE_READONLY: { words: 'the database cannot be written', cure: allow, kind: 'disk' },
  EIO: { words: 'the disk cannot be read or written', cure: mend, kind: 'disk' },
  ENXIO: { words: 'the disk is gone', cure: mend, kind: 'disk' },
  ENODEV: { words: 'the disk is gone', cure: mend, kind: 'disk' },
  ENOTCONN: { words: 'the file system is gone', cure: 'mount it again', kind: 'disk' },
  ESTALE: { words: 'the network file system has lost the file', cure: 'mount it again', kind: 'disk' },
  SQLITE_IOERR: {
    words: 'the disk cannot be read or written: it is full or broken, or a quota or `ulimit -f` is reached',
    cure: 'see to that',
    kind: 'disk',
  },
  SQLITE_CANTOPEN: {
    words: 'the database cannot be opened: no permission, no room, or no file descriptor left',
    cure: 'see to that',
    kind: 'disk',
  },
  SQLITE_PROTOCOL: {
    words: 'the file system takes no locks',
    cure: `${elsewhere}, on a local disk`,
    kind: 'disk',
  },
  SQLITE_NOLFS: { words: 'the file system takes no large files', cure: elsewhere, kind: 'disk' },
  EEXIST: { words: 'a file stands where a folder is needed', cure: elsewhere, kind: 'disk' },
  ENOTDIR: { words: 'a file stands where a folder is needed', cure: elsewhere, kind: 'disk' },
  EISDIR: { words: 'a folder stands where a file is needed', cure: 'take it away', kind: 'disk' },
  ENOTEMPTY: { words: 'something writes into a folder that is to go', cure: 'stop that', kind: 'disk' },
  EBUSY: { words: 'something else holds it', cure: 'stop that', kind: 'disk' },
  EXDEV: { words: 'a part of the folder lies on another disk', cure: elsewhere, kind: 'disk' },
  ENAMETOOLONG: { words: 'the path is too long', cure: 'choose a shorter `output` or name', kind: 'disk' },
  ELOOP: { words: 'a link leads back to itself', cure: 'take it away', kind: 'disk' },
  EMFILE: { words: 'there are too few file descriptors', cure: descriptors, kind: 'means' },
  ENFILE: { words: 'the machine has no file descriptor left', cure: 'close programs', kind: 'means' },
  EAGAIN: { words: 'no other process may be started', cure: 'raise the limit (`ulimit -u`)', kind: 'means' },
  ENOMEM: { words: 'there is too little memory', cure: 'close programs or raise the limit', kind: 'means' },
  SQLITE_NOMEM: {
    words: 'there is too little memory',
    cure: 'close programs or raise the limit',
    kind: 'means',
  },
  SQLITE_BUSY: { words: 'another program holds the database', cure: 'wait for it or stop it', kind: 'busy' },
}

const sqlite: Record<number, string> = {
  3: 'PERM',
  5: 'BUSY',
  7: 'NOMEM',
  8: 'READONLY',
  10: 'IOERR',
  13: 'FULL',
  14: 'CANTOPEN',
  15: 'PROTOCOL',
  22: 'NOLFS',
}

/** A fault of the machine, whoever met it; undefined for any other error. */
export const machineFault = (error: unknown): MachineFault | undefined => faults[machineCode(error) ?? '']

/** An extended code of SQLite has the plain one in its last byte. */
function machineCode(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined
  return 'errcode' in error ? `SQLITE_${sqlite[Number(error.errcode) & 0xff]}` : String(error.code)
}
