/** A row as details name it: its task and the beginning of its key, in one line. */
export const namedRow = (task: string, key: string): string =>
  `${task.replace(/\s+/g, ' ')} ${key.slice(0, 12)}`
