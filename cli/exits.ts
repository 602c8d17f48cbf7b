/** What the command's exit status means; 64 and above follow sysexits.h. `kindling --help` prints this. */
export const exits = {
  0: 'done',
  1: 'a fault of kindling itself',
  2: 'wrong usage, config or input; nothing was spent',
  3: 'done, but rollouts, checks or screens failed for reasons outside the teacher; run again to retry them',
  4: 'the budget is used up; the same command with a higher one goes on from there',
  5: 'the replay came out differently, or its store lacks a reply or a search',
  6: 'nothing was kept, and an earlier export with rows is left as it is; `stats` says why, --allow-empty takes it so',
  7: '`guard` refused the new export, and the one before is left as it is; --accept-drift takes it so',
  8: 'done, but `diff --gate` found that more changed than it allows',
  9: 'the deadline has passed; the same command with a later one goes on from there',
  10: 'done, but `xray` found that a trainer loses something of a row, or trains what was not meant',
  11: 'done, but `audit` found faults in the rollouts that it was given',
  69: 'something needed is not there: the sandbox, a server, a valid key',
  74: 'the disk is full, broken or not writable, or what it kept is damaged; `verify` found a fault; what was done is kept',
  75: 'another process works on this run',
  130: 'interrupted; the same command goes on from there',
} as const

export type ExitStatus = keyof typeof exits
