import type { SeenStep } from '../skill.ts'

/** A result of `text_search` or `image_search`, as its listing shows it. */
export interface Result {
  title: string
  text: string
}

/** The numbered results of a search, best first; none where it found none. */
export const resultsIn = (text: string): Result[] =>
  [...text.matchAll(/^\d+\. (.+?)(?: \((?:id|link): [^\n]*\))?$(?:\n(?!\d+\. )(.+))?/gm)].map(
    ([, title = '', body = '']) => ({
      title,
      text: body,
    }),
  )

/** A section of what `python` returned (`stdout`, `result`, `error`), or null. */
export function sectionOf(text: string, title: 'stdout' | 'result' | 'error'): string | null {
  const found = new RegExp(
    `^${title}:\\n([^]*?)(?=\\n\\n(?:stderr|result|error|Images):|$(?![^]))`,
    'm',
  ).exec(text)
  return found?.[1]?.trim() ?? null
}

/** The names of the images that a call showed: image_2, image_3… */
export const imagesIn = (text: string): string[] =>
  /^Images: (.+)$/m.exec(text)?.[1]?.match(/image_\d+/g) ?? []

/** What came back from the same call as this one, if it was made. */
export const answerTo = (
  steps: readonly SeenStep[],
  name: string,
  args: Record<string, unknown>,
): string | undefined =>
  steps.find(step => step.name === name && JSON.stringify(step.arguments) === JSON.stringify(args))?.text
