import { expect, test } from 'vitest'
import { sameCountry } from '../../../../teachers/program/skills/countries.ts'
import { factKinds, quantityIn } from '../../../../teachers/program/skills/facts.ts'

const read = (name: string, text: string) => factKinds.find(kind => kind.name === name)?.read(text)

test.each([
  ['1.267 million sq km', 1_267_000],
  ['643,801 sq km', 643_801],
  ['27,322,555 (2025 est.)', 27_322_555],
  ['0 km (landlocked)', 0],
  ['Idoukal-n-Taghes 2,022 m', 2022],
  ['K2 (Mount Godwin-Austen 1) 8,611 m', 8611],
  ['Rhone River delta -2 m', -2],
  ['125.5 km', 125.5],
  ['negligible', null],
])('%s is %d', (stated, value) => {
  expect(quantityIn(stated)).toBe(value)
})

test.each([
  [
    'total area',
    'total: 643,801 sq km ; 551,500 sq km (metropolitan France); land: 640,427 sq km',
    '643,801 sq km',
  ],
  ['land area', 'total: 27,750 sq km; land: 27,560 sq km; water: 190 sq km', '27,560 sq km'],
  ['water area', 'total: 27,750 sq km; land: 27,560 sq km; water: 190 sq km', '190 sq km'],
  ['population', '1,705,336; note: estimates for this country', '1,705,336'],
  ['capital', 'name: Santiago; note - Valparaiso is the seat', 'Santiago'],
  ['capital', '… Washington, D.C.; geographic coordinates: 38 53 N', 'Washington, D.C.'],
  ['capital', '… October; time zone note: applies to metropolitan France only', null],
  ['highest point', 'highest point: Mont Blanc 4,810; lowest point: Rhone -2 m', 'Mont Blanc 4,810'],
  ['highest point', 'lowest point: Atlantic Ocean 0 m; highest point: Fako 4,095 m', 'Fako 4,095 m'],
])('the %s is read out of "%s"', (name, text, stated) => {
  expect(read(name, text)).toBe(stated)
})

test.each([
  ['The Gambia', 'Gambia'],
  ["Cote d'Ivoire", "Côte d'Ivoire"],
  ['Ivory Coast', "Cote d'Ivoire"],
  ['St. Lucia', 'Saint Lucia'],
  ['Türkiye', 'Turkey'],
])('%s is %s', (one, other) => {
  expect(sameCountry(one, other)).toBe(true)
})

test.each([
  ['Niger', 'Nigeria'],
  ['Guinea', 'Guinea-Bissau'],
  ['South Korea', 'North Korea'],
])('%s is not %s', (one, other) => {
  expect(sameCountry(one, other)).toBe(false)
})
