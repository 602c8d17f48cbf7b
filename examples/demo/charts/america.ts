import { type Entry, entries, mean, reduced, sum } from './data.ts'
import { type Family, readable, single, stretch } from './table.ts'

const state = { one: 'state', many: 'states' }
const industry = { one: 'industry', many: 'industries' }
const plural = (noun: string) => ({ one: noun, many: `${noun}s` })

const obesity: Family = chance => ({
  file: 'obesity.json',
  form: 'bars',
  title: 'Obesity by state',
  measure: 'obesity rate in percent',
  preposition: 'of',
  axis: 'Percent of adults',
  noun: state,
  rows: single(
    chance
      .sample(entries('obesity.json'), chance.integer(6, 11))
      .map(row => [String(row.state), 100 * Number(row.rate)]),
  ),
})

const statePopulation: Family = chance => ({
  file: 'population_engineers_hurricanes.csv',
  form: 'bars',
  title: 'Population by state',
  measure: 'population in millions',
  preposition: 'of',
  axis: 'Population (millions)',
  noun: state,
  rows: single(
    chance
      .sample(entries('population_engineers_hurricanes.csv'), chance.integer(5, 9))
      .map(row => [String(row.state), Number(row.population) / 1e6]),
  ),
})

const departures: Family = chance => {
  const counts = reduced(
    entries('flights-airport.csv'),
    row => String(row.origin),
    row => Number(row.count),
    sum,
  )
  const busy = [...counts].sort(([, a], [, b]) => b - a).slice(0, 30)
  return {
    file: 'flights-airport.csv',
    form: 'bars',
    title: 'Flights in 2008 by airport of departure',
    measure: 'number of departures',
    preposition: 'at',
    axis: 'Departures',
    noun: plural('airport'),
    rows: single(chance.sample(busy, chance.integer(6, 10))),
  }
}

const airports: Family = chance => {
  const counts = reduced(
    entries('airports.csv'),
    row => String(row.state),
    () => 1,
    sum,
  )
  const many = [...counts].filter(([name, count]) => name.length === 2 && count > 40)
  return {
    file: 'airports.csv',
    form: 'bars',
    title: 'Airports by state',
    measure: 'number of airports',
    preposition: 'in',
    axis: 'Airports',
    noun: state,
    rows: single(chance.sample(many, chance.integer(6, 11))),
  }
}

const birdstrikes: Family = chance => {
  const [column, noun] = chance.pick([
    ['Phase of flight', 'phase'],
    ['Time of day', 'time of day'],
    ['Origin State', 'state'],
  ] as const)
  const named = entries('birdstrikes.csv').filter(row => row[column] && row[column] !== 'N/A')
  const counts = reduced(
    named,
    row => String(row[column]),
    () => 1,
    sum,
  )
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, column === 'Origin State' ? 16 : 7)
  return {
    file: 'birdstrikes.csv',
    form: 'bars',
    title: `Bird strikes by ${column.toLowerCase()}`,
    measure: 'number of bird strikes',
    preposition: 'for',
    axis: 'Reported strikes',
    noun: noun === 'time of day' ? { one: noun, many: 'times of day' } : plural(noun),
    rows: single(chance.sample(most, 8)),
  }
}

const titled = (name: string) => name.replace(/^./, letter => letter.toUpperCase()).replaceAll('_', ' ')

const sectors = (
  'mining_and_logging construction manufacturing wholesale_trade retail_trade utilities information ' +
  'financial_activities education_and_health_services leisure_and_hospitality other_services government'
).split(' ')

const jobs: Family = chance => {
  const year = chance.integer(2006, 2015)
  const rows = entries('us-employment.csv').filter(row => new Date(row.month ?? '').getUTCFullYear() === year)
  const chosen = chance.sample(sectors, chance.integer(5, 8))
  const millions = (sector: string) => mean(rows.map(row => Number(row[sector]))) / 1000
  return {
    file: 'us-employment.csv',
    form: 'bars',
    title: `Jobs in the United States, ${year}`,
    measure: 'number of jobs in millions',
    preposition: 'in',
    axis: 'Jobs (millions)',
    noun: plural('sector'),
    rows: single(chosen.map(sector => [titled(sector), millions(sector)])),
  }
}

const rates = (rows: Entry[], group: (row: Entry) => string) =>
  reduced(rows, group, row => Number(row.rate), mean)

const unemployment: Family = chance => {
  const year = chance.integer(2000, 2009)
  const rows = entries('unemployment-across-industries.json').filter(row => row.year === year)
  const byIndustry = rates(rows, row => String(row.series))
  return {
    file: 'unemployment-across-industries.json',
    form: 'bars',
    title: `Unemployment in ${year}`,
    measure: 'unemployment rate',
    preposition: 'in',
    axis: 'Percent',
    noun: industry,
    rows: single(chance.sample([...byIndustry], chance.integer(5, 9))),
  }
}

const unemploymentOverTime: Family = chance => {
  const all = entries('unemployment-across-industries.json')
  const names = ['Agriculture', 'Construction', 'Manufacturing', 'Information', 'Finance', 'Government']
  const chosen = chance.sample(names, chance.integer(1, 3))
  const lines = chosen.map(name => ({
    series: chosen.length === 1 ? '' : name,
    years: rates(
      all.filter(row => row.series === name && row.year !== 2010),
      row => String(row.year),
    ),
  }))
  return {
    file: 'unemployment-across-industries.json',
    form: 'lines',
    title: chosen.length === 1 ? `Unemployment: ${chosen[0]}` : 'Unemployment',
    measure: 'unemployment rate',
    preposition: 'in',
    axis: 'Percent',
    noun: plural('year'),
    rows: lines.flatMap(({ series, years }) =>
      [...years].map(([label, value]) => ({ label, series, value: readable(value) })),
    ),
  }
}

const electricity: Family = chance => {
  const all = entries('iowa-electricity.csv')
  const label = (row: Entry) => new Date(row.year ?? '').getUTCFullYear().toString()
  const form = chance.pick(['bars', 'lines'] as const)
  const years = stretch(chance, [...new Set(all.map(label))], form === 'bars' ? 4 : 9)
  return {
    file: 'iowa-electricity.csv',
    form,
    title: 'Electricity generated in Iowa',
    measure: 'electricity generated',
    preposition: 'in',
    axis: 'Gigawatt hours',
    noun: plural('year'),
    rows: all
      .filter(row => years.includes(label(row)))
      .map(row => ({ label: label(row), series: String(row.source), value: Number(row.net_generation) })),
  }
}

/** Tables of the United States' public bodies. */
export const america: Family[] = [
  obesity,
  statePopulation,
  departures,
  airports,
  birdstrikes,
  jobs,
  unemployment,
  unemploymentOverTime,
  electricity,
]
