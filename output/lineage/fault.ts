/** Something in an export that is not as its manifest says, for a line of its own. */
export interface Fault {
  /** Below the export's folder. */
  path: string
  expected: string
  found: string
  /** What to do about it. */
  cure: string
}

const takeAnew = 'take it anew from where the export was made'

/** A fault that only another copy cures. */
export const spoilt = (path: string, expected: string, found: string, cure = takeAnew): Fault => ({
  path,
  expected,
  found,
  cure,
})
