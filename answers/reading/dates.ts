import { bare } from './plain.ts'

/** A year, a month or a day of the Gregorian calendar, as precise as it was written. */
export interface CalendarDate {
  year: number
  /** 1 to 12. */
  month: number | null
  day: number | null
}

const months = 'january february march april may june july august september october november december'.split(
  ' ',
)
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ')

const year = String.raw`(?<year>\d{4})`
const month = String.raw`(?<name>[a-z]{3,9})\.?`
const day = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`
const forms = [
  String.raw`${year}(?:(?<gap>[-/.])(?<month>\d{1,2})(?:\k<gap>(?<day>\d{1,2}))?)?`,
  String.raw`(?<first>\d{1,2})(?<gap>[-/.])(?<second>\d{1,2})\k<gap>${year}`,
  `(?:the )?${day}(?: of)?[ -]${month},?[ -]${year}`,
  `${month} (?:the )?${day},? ${year}`,
  `${month},? (?:of )?${year}`,
  // A day by its beginning, as programs write it.
  String.raw`${year}-(?<month>\d{2})-(?<day>\d{2})T00:00(?::00(?:\.0+)?)?Z?`,
  String.raw`${year}(?<month>0[1-9]|1[0-2])(?<day>\d{2})`,
  `(?:the year |in )?(?:ad )?${year}(?: ad| ce| a\\.d\\.)?`,
].map(form => new RegExp(`^${form}$`, 'i'))

/**
 * Every date that a text may mean: `03/04/2020` is two, `12.03.2020` is the twelfth of March, a time of day, two digits
 * for a year or a day that was not are none. A weekday must be the date's own.
 */
export function datesOf(text: string): CalendarDate[] {
  const [, weekday, date = ''] = /^(?:on )?(?:([a-z]{3,9})\.?,? )?(.*)$/i.exec(bare(text)) ?? []
  const named = weekday === undefined ? -1 : indexOf(weekdays, weekday)
  // What looks like a weekday may be the month: "March 12 2020".
  if (weekday !== undefined && named < 0) return readings(`${weekday} ${date}`)
  return readings(date).filter(read => named < 0 || (read.day !== null && weekdayOf(read) === named))
}

function readings(text: string): CalendarDate[] {
  const found = forms.flatMap(form => {
    const groups = form.exec(text)?.groups
    return groups ? read(groups) : []
  })
  return found.filter(exists)
}

function read({
  year,
  name,
  month,
  day,
  first,
  second,
  gap,
}: Record<string, string | undefined>): CalendarDate[] {
  const at = (month: number | null, day: string | undefined) => ({
    year: Number(year),
    month,
    day: day === undefined ? null : Number(day),
  })
  if (name !== undefined) return [at(indexOf(months, name) + 1, day)]
  if (first === undefined) return [at(month === undefined ? null : Number(month), day)]
  const written = [at(Number(second), first), at(Number(first), second)]
  return gap === '.' || first === second ? written.slice(0, 1) : written
}

/** A whole name or its beginning, of three letters at least; -1 for anything else. */
const indexOf = (names: string[], name: string): number =>
  names.findIndex(whole => [whole, whole.slice(0, 3), whole.slice(0, 4)].includes(name.toLowerCase()))

const weekdayOf = ({ year, month, day }: CalendarDate): number =>
  new Date(Date.UTC(year, (month ?? 1) - 1, day ?? 1)).getUTCDay()

function exists({ year, month, day }: CalendarDate): boolean {
  if (year === 0 || (month !== null && (month < 1 || month > 12))) return false
  return day === null || (day >= 1 && day <= new Date(Date.UTC(year, month ?? 1, 0)).getUTCDate())
}
