const digits = 12

/** A number as keys have it, so that they come in its order. */
export const inTwelve = (number: number): string => String(number).padStart(digits, '0')
