import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import * as vega from 'vega'

/** A row of a table as its file has it. */
export type Entry = Record<string, string | number | Date>

/** Tables of the npm package vega-datasets whose own terms are open, with those terms as the package states them. */
export const licences = {
  'airports.csv': 'US Government work',
  'birdstrikes.csv': 'US Government work',
  'co2-concentration.csv': 'CC-BY-4.0',
  'flights-airport.csv': 'US Government work',
  'gapminder-health-income.csv': 'CC-BY-4.0',
  'gapminder.json': 'CC-BY-4.0',
  'iowa-electricity.csv': 'US Government work',
  'monarchs.json': 'OGL-UK-3.0',
  'obesity.json': 'US Government work',
  'penguins.json': 'CC0-1.0',
  'population_engineers_hurricanes.csv': 'US Government work',
  'seattle-weather.csv': 'US Government work',
  'unemployment-across-industries.json': 'US Government work',
  'us-employment.csv': 'US Government work',
  'weather.csv': 'US Government work',
  'wheat.json': 'Public Domain',
} as const

export type TableFile = keyof typeof licences

const folder = join(findPackageJSON('vega-datasets', import.meta.url) ?? '', '../data')
const read = new Map<TableFile, Entry[]>()

/** All rows of a table; each file is read once. */
export function entries(file: TableFile): Entry[] {
  const known = read.get(file)
  if (known) return known
  const text = readFileSync(join(folder, file), 'utf8')
  const rows: Entry[] = file.endsWith('.json')
    ? JSON.parse(text)
    : vega.read(text, { type: 'csv', parse: 'auto' })
  read.set(file, rows)
  return rows
}

export const mean = (values: number[]): number => sum(values) / values.length
export const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

/** One number per group, in the order in which groups first occur. */
export function reduced(
  rows: Entry[],
  group: (row: Entry) => string,
  value: (row: Entry) => number,
  reduce: (values: number[]) => number,
): Map<string, number> {
  const groups = Map.groupBy(rows, group)
  return new Map([...groups].map(([name, members]) => [name, reduce(members.map(value))]))
}
