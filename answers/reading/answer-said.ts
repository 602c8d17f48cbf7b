/** What a turn says between answer tags, once and at its end, or why that is no answer and what stands there. */
export type AnswerSaid =
  | { kind: 'answer'; answer: string }
  | { kind: 'none'; reason: 'answer_tags' | 'text_after_answer'; found: string }

/** The tags of answers in a text, one behind the other. */
export const answerTagsIn = (text: string): string => (text.match(/<\/?answer>/g) ?? []).join('')

export function answerSaid(text: string): AnswerSaid {
  const tags = answerTagsIn(text)
  if (tags !== '<answer></answer>') return { kind: 'none', reason: 'answer_tags', found: tags }
  const [, answer = '', after = ''] = /<answer>([\s\S]*)<\/answer>([\s\S]*)/.exec(text) ?? []
  return after.trim() === ''
    ? { kind: 'answer', answer: answer.trim() }
    : { kind: 'none', reason: 'text_after_answer', found: after.trim() }
}
