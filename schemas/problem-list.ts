import { InputError } from './input-error.ts'

const shownProblems = 20

/** Everything wrong with what a user gave, a line each; the first few are shown and the others counted. */
export function problemList() {
  const lines: string[] = []
  let more = 0
  return {
    add(problems: readonly string[]) {
      const room = shownProblems - lines.length
      lines.push(...problems.slice(0, room).map(oneLine))
      more += Math.max(0, problems.length - room)
    },
    /** Throws InputError where there is any. */
    refuse() {
      if (lines.length > 0) throw new InputError(more > 0 ? [...lines, `and ${more} more`] : lines)
    },
  }
}

/** Whatever users' data put into a line, it can neither break the line nor command a terminal. */
const oneLine = (text: string): string =>
  text.replace(/\p{Cc}/gu, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
