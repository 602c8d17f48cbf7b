const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const scales = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
])

const small = `(?:${units.join('|')})`
const below100 = `(?:(?:${tens.join('|')})(?:[ -](?:${units.slice(1, 10).join('|')}))?|${small})`
const below1000 = `(?:${below100} hundred(?: (?:and )?${below100})?|${below100})`
const spelled = new RegExp(
  String.raw`^(?<sign>minus |negative )?(?<words>${below1000}(?: (?:${[...scales.keys()].join('|')})(?:,? (?:and )?${below1000}(?! (?:hundred|thousand|million|billion)))?)?)(?![\p{L}-])`,
  'iu',
)

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
    if (scale !== undefined) [total, group] = [total + group * scale, 0]
    else if (word === 'hundred') group *= 100
    else group += tens.includes(word) ? 20 + 10 * tens.indexOf(word) : units.indexOf(word)
  }
  return total + group
}
