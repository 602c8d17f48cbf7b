import { type Entry, entries, mean, reduced, sum } from './data.ts'
import { type Family, readable, single } from './table.ts'

const bodies = [
  { field: 'Body Mass (g)', measure: 'mean body mass', axis: 'Body mass (g)' },
  { field: 'Flipper Length (mm)', measure: 'mean flipper length', axis: 'Flipper length (mm)' },
  { field: 'Beak Length (mm)', measure: 'mean beak length', axis: 'Beak length (mm)' },
] as const

const penguins: Family = chance => {
  const { field, measure, axis } = chance.pick(bodies)
  const group = chance.pick(['Species', 'Island'] as const)
  const bySex = chance.next() < 0.7
  const known = entries('penguins.json').filter(row => row[field] && /^(FE)?MALE$/.test(String(row.Sex)))
  const means = reduced(
    known,
    row => (bySex ? `${row[group]}/${row.Sex}` : `${row[group]}/`),
    row => Number(row[field]),
    mean,
  )
  return {
    file: 'penguins.json',
    form: 'bars',
    title: `Penguins at Palmer Station`,
    measure,
    preposition: group === 'Species' ? 'of' : 'on',
    axis,
    noun: group === 'Species' ? { one: 'species', many: 'species' } : { one: 'island', many: 'islands' },
    rows: [...means].map(([name, value]) => {
      const [label = '', sex = ''] = name.split('/')
      const series = sex && (sex === 'MALE' ? 'Male' : 'Female')
      return { label, series, value: readable(value) }
    }),
  }
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const monthOf = (row: Entry) => months[new Date(row.date ?? '').getUTCMonth()] ?? ''

const climates = [
  { field: 'temp_max', measure: 'mean daily maximum temperature', axis: 'Temperature (°C)', reduce: mean },
  { field: 'wind', measure: 'mean wind speed', axis: 'Wind (m/s)', reduce: mean },
  {
    field: 'precipitation',
    measure: 'precipitation of four years',
    axis: 'Precipitation (mm)',
    reduce: sum,
  },
] as const

const climate: Family = chance => {
  const { field, measure, axis, reduce } = chance.pick(climates)
  const places = chance.sample(['Seattle', 'New York'], chance.integer(1, 2))
  const single = places.length === 1
  const rows = places.flatMap(place => {
    const all = entries('weather.csv').filter(row => row.location === place)
    const byMonth = reduced(all, monthOf, row => Number(row[field]), reduce)
    return [...byMonth].map(([label, value]) => ({
      label,
      series: single ? '' : place,
      value: readable(value),
    }))
  })
  return {
    file: 'weather.csv',
    form: single ? chance.pick(['bars', 'lines']) : 'lines',
    title: single ? `Weather in ${places[0]}` : 'Weather in two cities',
    measure,
    preposition: 'in',
    axis,
    noun: { one: 'month', many: 'months' },
    rows,
  }
}

const skies: Family = chance => {
  const year = chance.integer(2012, 2015)
  const days = entries('seattle-weather.csv').filter(
    row => new Date(row.date ?? '').getUTCFullYear() === year,
  )
  const counts = reduced(
    days,
    row => String(row.weather),
    () => 1,
    sum,
  )
  return {
    file: 'seattle-weather.csv',
    form: 'bars',
    title: `Weather in Seattle, ${year}`,
    measure: 'number of days',
    preposition: 'with',
    axis: 'Days',
    noun: { one: 'kind of weather', many: 'kinds of weather' },
    rows: single([...counts].filter(([, count]) => count > 15)),
  }
}

/** Tables about animals and the weather. */
export const nature: Family[] = [penguins, climate, skies]
