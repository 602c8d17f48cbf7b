/** Words that name an answer, in a question that was put together with its key. */
const label =
  '(?:answer(?: key)?|hint|spoiler|solution|result|response|key|label|expected|(?:ground )?truth|gt|correct(?: one| value)?)'
const being = '(?:is|are|equals|says|reads|would be|should be|must be)'
const outright: RegExp[] = [
  new RegExp(`\\b${label}\\b\\s*(?:\\b${being}\\b\\s*:?|[:=]|->|→)\\s*(.+)$`, 'iu'),
  new RegExp(`^(.+?) ${being} (?:the )?(?:(?:final|right|true|correct) )?${label}$`, 'iu'),
]
/** Marks of data sets whose key was left in. */
const marked: RegExp[] = [
  /<(?:answer|label|solution|gt|target|truth)>\s*([^<]+?)\s*<\//iu,
  /^#{4}\s*(\S[^\n]*)$/mu,
  /"(?:answer|label|solution|gt)"\s*:\s*"?([^"}\n]+)/iu,
  /\bthe (?:correct|right|true|final) (?:answer|solution|result) is ([^,;:?]+)/iu,
  /\\boxed\{([^{}]+)\}/u,
  /^#+ *answer[ \t]*\n+[ \t]*(\S[^\n]*)/imu,
]

/** A form to answer in, a condition, and a choice state nothing. */
const unreal =
  /\b(?:if|when|whether|or|either|e\.?g|for example|example|such as|form|format|like|as|not|never|could|might|may|suppose|assume)\b|n['’]t\b/i

/**
 * The answers that a question gives behind a word or a mark for one, each without its full stop. A sentence that asks
 * states nothing. English only.
 */
export function statedIn(written: string): string[] {
  const question = written.replace(/\*\*|__/g, '')
  const pieces = question
    .split(/(?<=[.!?])(?<!\b(?:e\.g|i\.e|etc)\.)\s+|\n+/iu)
    .flatMap(sentence => [sentence, /[([](.*)[)\]]/u.exec(sentence)?.[1] ?? ''])
    .map(piece => piece.trim().replace(/[.!]+$/, ''))
    .filter(piece => piece !== '' && !/\?$/.test(piece) && !unreal.test(piece))
  const left = marked.map(mark => mark.exec(question)?.[1]?.replace(/[.!]+$/, ''))
  const said = pieces.map(piece => outright.map(each => each.exec(piece)?.[1]?.trim()).find(Boolean))
  return [...left, ...said].filter(each => each !== undefined)
}
