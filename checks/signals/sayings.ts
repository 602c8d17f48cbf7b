import { excerpt } from '../../words/excerpt.ts'
import { withoutCode } from '../../words/sentences.ts'
import { isEvasive } from '../reading/evasive-answer.ts'
import type { RowRead, Signal } from './signal.ts'

/** A way of speaking, outside of code, in any thought or only in the last one. */
const saying = <Name extends string>(
  name: Name,
  pattern: RegExp,
  among: (row: RowRead) => RowRead['steps'] = ({ steps }) => steps,
): Signal<Name> => ({
  name,
  find(row) {
    for (const { thought, turn } of among(row)) {
      const prose = withoutCode(thought)
      const at = prose.search(pattern)
      if (at >= 0) return { turn, words: excerpt(prose.slice(Math.max(0, at - 40)), 120) }
    }
    return null
  },
})

/** What is said before anything was called. */
const first = ({ steps }: RowRead) => steps.slice(0, 1).filter(({ calls }) => calls.length > 0)
const last = ({ steps }: RowRead) => steps.slice(-1)
const answering = (row: RowRead) =>
  row.trajectory.outcome.kind === 'answered' && !isEvasive(row.trajectory.outcome.answer) ? last(row) : []

const unknown = 'determine|identif|answer|find|found|tell|know|infer|conclude|verif|confirm|locate|see'

const unable =
  "(?:can(?:not|['’]t)|(?:am|['’]m) (?:unable|not able) to|have no (?:way|means) (?:of|to)|do(?:n['’]t| not) have the (?:ability|capability) to)"
const images = '(?:(?:any|an|the|this|that|your|attached|uploaded) )*(?:image|picture|photo|attachment)s?\\b'

/** Signals that are phrases. English only. */
export const sayings = [
  /** To nobody, since nobody had said anything. */
  saying(
    'apology',
    /\b(?:I apologi[sz]e|my apologies|sorry (?:for|about)|you(?:['’]re| are) (?:absolutely |completely )?(?:right|correct)\b)/i,
  ),
  saying(
    'guess',
    /\b(?:(?:an?|my|best|only) (?:\w+ )?guess\b|(?:I|we)(?:['’]ll| will| can only| can)? (?:have to )?guess\b|mak(?:e|ing) (?:an?|some) (?:\w+ )?assumptions?)/i,
  ),
  saying(
    'refused',
    /\bI (?:can(?:not|['’]t)|won['’]t|(?:am|was) (?:unable|not able|not allowed) to|(?:must|have to) decline to|will not) (?:help(?! but| \w+ing)|assist|comply|engage|discuss|fulfil)|\bas an? (?:AI|(?:large )?language) (?:\w+,|\w+ \w+,|assistant|model)|\bsorry,? (?:but )?I (?:can(?:not|['’]t)|won['’]t|am unable to) (?:do|answer|identify|provide)\b/i,
  ),
  /** Of images as such. That details are too small to see is a reason to crop. */
  saying(
    'cannot_see',
    new RegExp(
      `\\bI ?${unable} (?:\\w+ly )?(?:see|view|access|open|process|perceive|analy[sz]e|interpret)(?:ing)? ${images}(?! (?:clearly|well|at|in|from|closely))|\\b(?:no|n[o’']t have) access to ${images}|\\bno (?:image|picture|photo|attachment)s? (?:came|arrived|(?:was|were|is|are|has|have)\\b)|\\bnot given ${images}|\\b(?:please|(?:could|can) you) (?:please )?(?:upload|attach|provide|share) ${images}`,
      'i',
    ),
  ),
  /** And an answer is given all the same. */
  saying(
    'missing_evidence',
    new RegExp(
      `\\b(?:can(?:not|['’]t)|could(?: not|n['’]t)|unable to|(?:im|not )possible to) (?:be )?(?:\\w+ly )?(?:${unknown})|\\b(?:not enough|insufficient|no) (?:\\w+ )?(?:information|evidence|data)\\b|\\b(?:do|does|did) ?n[o'’]t (?:\\w+ly )?(?:mention|specify|provide|state|give|include|say)\\b|\\b(?:is|are|was|were) ?n[o'’]t (?:\\w+ly )?(?:mentioned|specified|provided|stated|given|available|shown|visible)\\b`,
      'i',
    ),
    answering,
  ),
  /** Told as if it were over by the turn that is only about to call. */
  saying(
    'told_ahead',
    /\b(?:tool|code|script|search|function) (?:(?:has|have) been|was) (?:used|run|executed|called|applied)\b|\b(?:the|my|its|this) (?:output|search|tool|script|code) (?:was|showed|returned|gave|printed|found)\b/i,
    first,
  ),
  /** One that the model asks itself behind its own answer. */
  saying('next_question', /^[ \t>*#]*(?:Question|Task|Passage|Problem|Q)\b[ \d]*\**:/im, last),
  /** Before a call. It may have been cut; words that may end a sentence (`of`, `from`, option A) are left out. */
  saying('open_end', /(?:,|\s["“‘([]|\b(?:the|an|and|or|because|whose|their|its|my|your))\s*$/, ({ steps }) =>
    steps.filter(({ calls }) => calls.length > 0),
  ),
] as const
