/** Names of one country that a search may mix, the first being the one to try last. */
const sameCountries = [
  ["Cote d'Ivoire", 'Ivory Coast', "Cte d'Ivoire"],
  ['Czech Republic', 'Czechia'],
  ['Burma', 'Myanmar'],
  ['Swaziland', 'Eswatini'],
  ['Macedonia', 'North Macedonia'],
  ['Timor-Leste', 'East Timor'],
  ['Turkey', 'Türkiye', 'Turkey (Turkiye)'],
  ['Cabo Verde', 'Cape Verde'],
  ['Macau', 'Macao'],
  ['Holy See (Vatican City)', 'Vatican City', 'Holy See'],
  ['Virgin Islands', 'U.S. Virgin Islands', 'US Virgin Islands'],
  ['Federated States of Micronesia', 'Micronesia', 'Micronesia, Federated States of'],
  ['DRC', 'Democratic Republic of the Congo', 'DR Congo', 'Congo, Democratic Republic of the'],
  ['Congo (Brazzaville)', 'Republic of the Congo', 'Congo, Republic of the', 'Congo'],
  ['Dominican Republic', 'The Dominican'],
  ['South Korea', 'Korea, South'],
  ['North Korea', 'Korea, North'],
  ['United States', 'United States of America', 'USA'],
  ['Falkland Islands (Islas Malvinas)', 'Falkland Islands'],
]

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, 'and')
    .replace(/\bst\.? /g, 'saint ')
    .replace(/[^a-z ]/g, ' ')
    .replace(/^ *the /, '')
    .replace(/ +/g, ' ')
    .trim()

const groupOf = (name: string): string[] | undefined =>
  sameCountries.find(group => group.some(other => plain(other) === plain(name)))

/** Whether two names mean one country. Case, accents, "the", "St." and a few known synonyms make no difference. */
export const sameCountry = (one: string, other: string): boolean =>
  plain(one) === plain(other) || (groupOf(one)?.some(name => plain(name) === plain(other)) ?? false)

/** Another name to search under, or null. */
export const otherName = (country: string): string | null =>
  groupOf(country)?.find(name => plain(name) !== plain(country)) ?? null

/** Territories that fly their country's flag. */
const territories: Record<string, readonly string[]> = {
  France: [
    'Saint Barthelemy',
    'Saint Martin',
    'Saint Pierre and Miquelon',
    'Wallis and Futuna',
    'Mayotte',
    'Reunion',
    'Guadeloupe',
    'Martinique',
    'French Guiana',
    'Clipperton Island',
  ],
  Netherlands: ['Bonaire', 'Caribbean Netherlands'],
  Norway: ['Svalbard and Jan Mayen', 'Svalbard', 'Jan Mayen', 'Bouvet Island'],
  Australia: ['Heard Island and McDonald Islands', 'Ashmore and Cartier Islands'],
  'United States': ['U.S. Minor Outlying Islands', 'Wake Island', 'Navassa Island'],
}

/** Whose flag it is when these countries' flags look like it, best first: a territory's flag is its country's. */
export function ownerOf(lookalikes: string[]): string | undefined {
  const [best] = lookalikes
  if (!best) return undefined
  const owner = Object.keys(territories).find(name => territories[name]?.some(it => sameCountry(it, best)))
  return lookalikes.find(name => owner && sameCountry(name, owner)) ?? best
}
