const unknown =
  /^(?:unknown|undetermined|n\/?a|none given|no answer|not (?:available|determinable|possible|provided|given|sure|enough)|insufficient|unable to|(?:i )?(?:do not|don['’]t) know)\b/i
/** What a policy or a battery cannot provide is no answer that is kept back. */
const undecidable =
  /\b(?:can(?:not|['’]t)|could(?: not|n['’]t)|unable to|(?:im|not )possible to) (?:be )?(?:\w+ly )?(?:determin|answer|identif|infer|calculat|provide (?:\w+ ){0,4}(?:answer|solution|information|number|percentage|value|estimate)\b)/i

/** Whether an answer says that there is none. A task may have such an answer for its own. */
export const isEvasive = (answer: string): boolean => unknown.test(answer.trim()) || undecidable.test(answer)
