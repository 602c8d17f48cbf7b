/**
 * Code that is no Python was once told twice, the first time with the sandbox's own frames. What is stored so stays as
 * it is, because replies were given to it.
 */
const toldTwice =
  /Traceback \(most recent call last\):\n {2}File "[^"\n]*kernel\.py", line \d+, in parse\n[\s\S]*?\n\nDuring handling of the above exception, another exception occurred:\n\n/g

/** What a cell said, as today's kindling tells it. */
export const toldOnce = (text: string): string => text.replace(toldTwice, '')
