/**
 * Characters that steer instead of showing something: controls, and those that turn the direction of writing or are
 * invisible (Unicode 16, general categories Cc and Cf, and the fillers of Hangul).
 */
const hidden = /[^\P{Cc}\n\t]|\p{Cf}|[\u115f\u1160\u3164\uffa0]/gu

/** Text of others with what cannot be seen in it written out, such as `⟨202E⟩`. */
export const visible = (text: string): string =>
  text.replace(hidden, char => `⟨${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`)
