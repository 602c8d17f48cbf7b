import { type Check, fail, pass } from 'kindling/checks/check'

/** The answer has at most so many words. A check measures; what stays is decided by the filters. */
export const shortAnswer = ({ mostWords }: { mostWords: number }): Check => ({
  name: 'short_answer',
  // Raise it whenever the same answer could be judged otherwise: what was measured before is measured again then.
  version: 1,
  options: { mostWords },
  async measure({ outcome }) {
    if (outcome.kind !== 'answered') return fail('no_answer', outcome.kind)
    const words = outcome.answer.trim().split(/\s+/).length
    return words <= mostWords ? pass() : fail('too_long', `${words} of ${mostWords} words`)
  },
})
