import { entries, mean, reduced } from './data.ts'
import { type Family, readable, single, stretch } from './table.ts'

const measures = [
  { field: 'life_expect', measure: 'life expectancy', axis: 'Life expectancy (years)', scale: 1 },
  { field: 'fertility', measure: 'fertility rate', axis: 'Children per woman', scale: 1 },
  { field: 'pop', measure: 'population in millions', axis: 'Population (millions)', scale: 1e-6 },
] as const

const country = { one: 'country', many: 'countries' }

const countriesInYear: Family = chance => {
  const { field, measure, axis, scale } = chance.pick(measures)
  const year = 1955 + 5 * chance.integer(0, 10)
  const rows = entries('gapminder.json').filter(row => row.year === year && Number(row.pop) > 5e6)
  const chosen = chance.sample(rows, chance.integer(5, 9))
  return {
    file: 'gapminder.json',
    form: 'bars',
    title: `${axis} in ${year}`,
    measure,
    preposition: 'of',
    axis,
    noun: country,
    rows: single(chosen.map(row => [String(row.country), Number(row[field]) * scale])),
  }
}

const countriesOverTime: Family = chance => {
  const { field, measure, axis } = chance.pick(measures.slice(0, 2))
  const all = entries('gapminder.json')
  const names = [...new Set(all.map(row => String(row.country)))]
  const chosen = chance.sample(names, chance.integer(1, 2))
  const title = chosen.length === 1 ? `${axis}: ${chosen[0]}` : axis
  return {
    file: 'gapminder.json',
    form: 'lines',
    title,
    measure: chosen.length === 1 ? `${measure} of ${chosen[0]}` : measure,
    preposition: 'in',
    axis,
    noun: { one: 'year', many: 'years' },
    rows: chosen.flatMap(name =>
      all
        .filter(row => row.country === name)
        .map(row => ({
          label: String(row.year),
          series: chosen.length === 1 ? '' : name,
          value: readable(Number(row[field])),
        })),
    ),
  }
}

const incomes: Family = chance => {
  const rows = entries('gapminder-health-income.csv').filter(row => Number(row.population) > 3e6)
  const chosen = chance.sample(rows, chance.integer(5, 8))
  return {
    file: 'gapminder-health-income.csv',
    form: 'bars',
    title: 'Income per person',
    measure: 'income per person',
    preposition: 'of',
    axis: 'Dollars per year',
    noun: country,
    rows: single(chosen.map(row => [String(row.country), Number(row.income)])),
  }
}

const carbonDioxide: Family = chance => {
  const byYear = reduced(
    entries('co2-concentration.csv'),
    row => new Date(row.Date ?? '').getUTCFullYear().toString(),
    row => Number(row.CO2),
    mean,
  )
  const years = [...byYear].slice(1, -1)
  return {
    file: 'co2-concentration.csv',
    form: 'lines',
    title: 'Carbon dioxide in the air at Mauna Loa',
    measure: 'mean CO2 concentration',
    preposition: 'in',
    axis: 'Parts per million',
    noun: { one: 'year', many: 'years' },
    rows: single(stretch(chance, years, chance.integer(8, 12))),
  }
}

const wheat: Family = chance => {
  const rows = entries('wheat.json').filter(row => row.wages)
  const [field, measure] = chance.pick([
    ['wheat', 'price of wheat'],
    ['wages', 'weekly wage'],
  ] as const)
  return {
    file: 'wheat.json',
    form: chance.pick(['bars', 'lines']),
    title: `Playfair's ${measure} in England`,
    measure,
    preposition: 'in',
    axis: 'Shillings',
    noun: { one: 'year', many: 'years' },
    rows: single(
      stretch(chance, rows, chance.integer(7, 11)).map(row => [String(row.year), Number(row[field])]),
    ),
  }
}

const reigns: Family = chance => {
  const lengths = entries('monarchs.json').map(
    row => [String(row.name), Number(row.end) - Number(row.start)] as const,
  )
  const long = lengths.filter(([, years]) => years > 1)
  return {
    file: 'monarchs.json',
    form: 'bars',
    title: 'Length of reign',
    measure: 'length of the reign',
    preposition: 'of',
    axis: 'Years',
    noun: { one: 'ruler', many: 'rulers' },
    rows: single(chance.sample(long, chance.integer(6, 9))),
  }
}

/** Tables about countries, the climate and history. */
export const world: [Family, ...Family[]] = [
  countriesInYear,
  countriesOverTime,
  incomes,
  carbonDioxide,
  wheat,
  reigns,
]
