const unknown =
  /^(?:unknown|undetermined|n\/?a|none given|no answer|not (?:available|determinable|possible|provided|given|sure|enough)|insufficient|unable to|(?:i )?(?:do not|don['’]t) know)\b/i
const undecidable =
  /\b(?:can(?:not|['’]t)|could(?: not|n['’]t)|unable to|(?:im|not )possible to) (?:be )?(?:\w+ly )?(?:determin|answer|identif|infer|provide|calculat)/i

/** Whether an answer says that there is none. A task may have such an answer for its own. */
export const isEvasive = (answer: string): boolean => unknown.test(answer.trim()) || undecidable.test(answer)
