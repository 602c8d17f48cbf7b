/** The licence of what nobody named a licence for. */
export const unknownLicence = 'unknown'

/** A licence in one spelling: `CC BY 4.0` and `cc-by-4.0` are the same. Nothing else is guessed. */
export const licenceKey = (licence: string): string =>
  licence
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
