import { textOf } from '../factbook.ts'
import type { Country } from './countries.ts'

/** A fact that a question can ask for: its passage, and the number or name in it. */
export interface Fact {
  field: string
  /** Undefined where the Factbook does not say it in one plain figure. */
  value(country: Country): number | string | undefined
}

type Path = readonly [section: string, field: string, part?: string]

/** A quantity in one unit, such as "1.267 million sq km" or "910 km (includes islands)". */
const quantity = (unit: string, ...path: Path): Fact => ({
  field: `${path[0]}/${path[1]}`,
  value: country => amountIn(textAt(country, path), unit),
})

/** A figure after the name of a place, such as "Idoukal-n-Taghes 2,022 m". */
const height = (...path: Path): Fact => ({
  field: `${path[0]}/${path[1]}`,
  value: country => {
    const text = textAt(country, path)
    return amountIn(/^\D*?(-?[\d,.]+ m)$/.exec(text ?? '')?.[1], 'm')
  },
})

const name = (...path: Path): Fact => ({
  field: `${path[0]}/${path[1]}`,
  value: country => {
    const text = textAt(country, path)
    return text && /^[\p{L}' .-]+$/u.test(text) ? text : undefined
  },
})

export const facts = {
  capital: name('Government', 'Capital', 'name'),
  area: quantity('sq km', 'Geography', 'Area', 'total'),
  water: quantity('sq km', 'Geography', 'Area', 'water'),
  coastline: quantity('km', 'Geography', 'Coastline'),
  boundaries: quantity('km', 'Geography', 'Land boundaries', 'total'),
  population: quantity('', 'People and Society', 'Population'),
  highest: height('Geography', 'Elevation extremes', 'highest point'),
}

/** A field's own text, or that of one of its parts; notes beside it do not change a figure. */
function textAt({ sections }: Country, [section, field, part = 'text']: Path): string | undefined {
  return textOf(sections[section]?.[field]?.[part])
}

const magnitudes: Record<string, number> = { million: 1e6, billion: 1e9 }

/** The only figure of a text, in brackets nothing but a remark without another. */
export function amountIn(text: string | undefined, unit: string): number | undefined {
  const form = new RegExp(
    `^(-?[\\d,]+(?:\\.\\d+)?)( million| billion)?${unit && ` ${unit}`}(?: \\(([^)]*)\\))?$`,
  )
  const [, digits, magnitude = '', remark = ''] = form.exec(text ?? '') ?? []
  if (digits === undefined || /\d.*km/.test(remark)) return undefined
  const value = Number(digits.replaceAll(',', '')) * (magnitudes[magnitude.trim()] ?? 1)
  return Number(value.toPrecision(15))
}
