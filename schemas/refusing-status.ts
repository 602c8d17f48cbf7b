/** Somebody in between gave up waiting, which says nothing of the server behind: it may have done the work. */
const gaveUp = [408, 499, 502, 504, 520, 524, 598, 599]

/** Whether a status says that a server did not do what it was asked to, and so charges nothing. */
export const refuses = (status: unknown): boolean => typeof status === 'number' && !gaveUp.includes(status)
