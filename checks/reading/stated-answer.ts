/** Words that name an answer, in a question that was put together with its key. */
const label =
  '(?:answer|hint|spoiler|solution|result|response|key|label|expected|(?:ground )?truth|gt|correct(?: one| value)?)'
const being = '(?:is|are|equals|reads|would be|should be|must be)'
const outright: RegExp[] = [
  new RegExp(`\\b${label}\\b\\s*(?:\\b${being}\\b\\s*:?|[:=]|->|→)\\s*(.+)$`, 'iu'),
  new RegExp(
    `^(?:[\\p{L} ]+, )?(.+?),? ${being} (?:the |its )?(?:(?:final|right|true|correct) )?${label}$`,
    'iu',
  ),
]
/** Marks of a key that was left in, wherever they stand. */
const marked: RegExp[] = [
  /<(answer|label|solution|gt|target|truth)>\s*([^<]+?)\s*<\/\1>/iu,
  /(?:^|\s)(#{4}|->|→|=>)\s*(\S[^\n]*)$/mu,
  /\b(the (?:correct|right|true|final) (?:answer|solution|result)) is ([^,;:?]+)/iu,
  /\b(we (?:already |all )?know)(?: that)? (?:it['’]s|it is|the answer is) ([^,;?]+?)(?=[.!;,]|$)/iu,
  /"(answer|label|solution|gt)"\s*:\s*"?([^"}\n]+)/iu,
  /\b(answer key) (?:says|has|reads) ([^,;?]+?)(?=[.!;,]|$)/iu,
  /(\\boxed)\{([^{}]+)\}/u,
  /^(#+ *answer)[ \t]*\n+[ \t]*(\S[^\n]*)/imu,
  /\b((?:reply|respond|answer) with) ["“]([^"”]+)["”](?! or\b)/iu,
  /\b(you should (?:get|obtain|find|arrive at)) ([^,;?]+)$/imu,
]
/** A statement about what was asked. Among options such words describe the case: "It is red. What follows?" */
const plain = new RegExp(
  `^(?:[^,]*, )?(?:(?:it|this|that|they|there) ${being}|it['’]s|that['’]s) (.+)$`,
  'iu',
)
/** The key of a question and its answer in one text; beside a `B:` it is an option. */
const keyed = /^A\s*[:.)]\s*(.+)$/u

/** A form to answer in, a condition, and a choice state nothing. */
const unreal =
  /\b(?:if|when|whether|or|either|e\.?g|for example|example|such as|form|format|like|as|not|never|could|might|may|suppose|assume)\b|n['’]t\b/i

/**
 * The answers that sentences of a question state outright, each without its full stop. A sentence that asks states
 * nothing. English only.
 */
export function statedIn(written: string, hasOptions: boolean): string[] {
  const question = written.replace(/\*\*|__/g, '')
  const left = marked.flatMap(mark => mark.exec(question)?.[2]?.replace(/[.!]+$/, '') ?? [])
  const pieces = question
    .split(/(?<=[.!?])(?<!\b(?:e\.g|i\.e|etc)\.)\s+|\n+/iu)
    .flatMap(sentence => [sentence, /[([](.*)[)\]]/u.exec(sentence)?.[1] ?? ''])
    .map(piece =>
      piece
        .trim()
        .replace(/, by the way[.!]*$/iu, '')
        .replace(/^as (?:you|one|everyone|we|all)\b[^,]*, /iu, ''),
    )
    .filter(piece => piece !== '' && !/\?$/.test(piece) && !unreal.test(piece))
  const listed = pieces.some(piece => /^B\s*[:.)]/.test(piece))
  const patterns = [...outright, ...(hasOptions ? [] : [plain]), ...(hasOptions || listed ? [] : [keyed])]
  const said = pieces.flatMap(piece => {
    const sentence = piece.replace(/[.!]+$/, '')
    return patterns.map(pattern => pattern.exec(sentence)?.[1]?.trim()).find(Boolean) ?? []
  })
  return [...left, ...said]
}
