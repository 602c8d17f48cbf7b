/** Reasons that are offered where nobody names others. */
export const usualRubric: readonly string[] = [
  'wrong_answer',
  'needless_tool',
  'bad_reasoning',
  'unreadable',
  'unsafe',
  'licence',
]
