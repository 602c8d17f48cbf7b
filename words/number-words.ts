/** The numbers from 0 to 19, each at its own place. */
const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
/** The powers of ten that words after a number stand for. */
export const scales = new Map(
  Object.entries({ hundred: 2, thousand: 3, k: 3, million: 6, mn: 6, billion: 9, bn: 9, trillion: 12 }),
)

const below100 = `(?:(?:${tens.join('|')})(?:[ -](?:${units.slice(1, 10).join('|')}))?|${units.join('|')})`
const below1000 = `(?:${below100} hundred(?: (?:and )?${below100})?|${below100})`
const spelled = new RegExp(
  String.raw`^(?<sign>minus |negative )?(?<words>${below1000}(?: (?:thousand|million|billion)(?:,? (?:and )?${below1000}(?! (?:hundred|thousand|million|billion)))?)?)(?![\p{L}-])`,
  'iu',
)

const anywhere = new RegExp(
  String.raw`(?<![\p{L}-])${below1000}(?: (?:thousand|million|billion))?(?![\p{L}-])`,
  'giu',
)

/** The numbers that a text says in English words, `twenty-five` and `three hundred`. */
export const spelledIn = (text: string): { text: string; value: number }[] =>
  [...text.matchAll(anywhere)].map(([found]) => ({ text: found, value: worthOf(found.toLowerCase()) }))

/** A text that begins with a number in English words, with that number in digits: `minus forty-two km` is `-42 km`. */
export const inDigits = (text: string): string =>
  text.replace(spelled, (...match) => {
    const { sign, words = '' } = match.at(-1) as Record<string, string | undefined>
    return `${sign ? '-' : ''}${worthOf(words.toLowerCase())}`
  })

function worthOf(words: string): number {
  let [total, group] = [0, 0]
  for (const word of words.split(/,? (?:and )?|-/)) {
    const scale = scales.get(word)
    if (word === 'hundred') group *= 100
    else if (scale !== undefined) [total, group] = [total + group * 10 ** scale, 0]
    else group += tens.includes(word) ? 20 + 10 * tens.indexOf(word) : units.indexOf(word)
  }
  return total + group
}
