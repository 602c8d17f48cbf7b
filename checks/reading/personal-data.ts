import { type CountryCode, findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js'
import Type from 'typebox'
import validator from 'validator'

/** A country whose telephone numbers are known. */
export const Country = Type.Refine(
  Type.Unsafe<CountryCode>({ description: "an ISO 3166 code such as 'US'" }),
  code => isSupportedCountry(String(code)),
)

export const personalKinds = ['email', 'phone', 'card', 'iban', 'ssn', 'ip'] as const
type PersonalKind = (typeof personalKinds)[number]

interface Personal {
  kind: PersonalKind
  value: string
}

/** The personal data of these kinds in a text. `country` says whose telephone numbers are known without a +. */
export const personalIn = (text: string, kinds: readonly PersonalKind[], country: CountryCode): Personal[] =>
  kinds.flatMap(kind => finders[kind](text, country).map(value => ({ kind, value })))

type Find = (text: string, country: CountryCode) => string[]

const finders: Record<PersonalKind, Find> = {
  email: text => matches(text, /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g).filter(isEmail),
  phone: phones,
  card: text => [...cards(text)].filter(value => validator.isCreditCard(value)),
  iban: text =>
    matches(
      text,
      /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
    ).filter(value => validator.isIBAN(value.replaceAll(' ', ''))),
  ssn: text => matches(text, /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g),
  ip: addresses,
}

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([value]) => value)

/** `icon@2x.png` is a file; example.org and its like belong to nobody (RFC 2606). */
const isEmail = (value: string): boolean =>
  validator.isEmail(value) &&
  !/\.(?:png|jpe?g|gif|webp|svg|pdf|py|js|ts|test|invalid|example|localhost)$|[@.]example\.(?:com|net|org)$/i.test(
    value,
  )

/** Only with a +, or with brackets, dashes or dots: digits alone are measurements. */
const written = /\+\d|\(?\d{2,5}\)?[-. ]\d{2,5}[-.]\d{3}|0\d{1,4}[-/]\d{5}/

function phones(text: string, country: CountryCode): string[] {
  if (!written.test(text)) return []
  return findPhoneNumbersInText(text, { defaultCountry: country })
    .filter(({ startsAt, number }) => number.isValid() && !/[\w.,-]/.test(text[startsAt - 1] ?? ''))
    .map(({ startsAt, endsAt }) => text.slice(startsAt, endsAt))
    .filter(value => value.search(written) === 0)
}

/** In groups, or called a card: a long number alone was calculated. */
function cards(text: string): string[] {
  const grouped = matches(
    text,
    /(?<![\d.,-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5})(?![\d-]|,\d)/g,
  )
  const called = [
    ...text.matchAll(/\b(?:card|visa|mastercard|amex|american express)\b[^\d\n]{0,30}(\d{13,19})(?!\d)/gi),
  ]
  return [...grouped, ...called.map(([, value = '']) => value)]
}

/** Addresses on the internet. Four small numbers are a version unless they are called an address. */
function addresses(text: string): string[] {
  const four = [...text.matchAll(/(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)/g)]
    .filter(
      ({ 0: value, index }) =>
        validator.isIP(value, 4) && !reserved.test(value) && isAddress(value, text.slice(0, index)),
    )
    .map(([value]) => value)
  const six = matches(text, /(?<![\w:.])(?:[\da-f]{1,4}:){7}[\da-f]{1,4}(?![\w:])/gi)
  return [...four, ...six.filter(value => validator.isIP(value, 6) && !/^(?:2001:0?db8|f[cde])/i.test(value))]
}

/** Private, local, multicast and documentation ranges (RFC 6890). */
const reserved =
  /^(?:0|10|127)\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.(?:168|0\.[02])\.|^198\.(?:1[89]|51\.100)\.|^203\.0\.113\.|^(?:22[4-9]|2[3-5]\d)\./

const isAddress = (value: string, before: string): boolean =>
  /\b(?:ip|address|host|server|from)\W{0,12}$/i.test(before) ||
  (value.length >= 11 && !/(?:version|release|==|\bv)\s*$/i.test(before))
