/**
 * Characters that steer instead of showing something: controls, and those that turn the direction of writing, break
 * lines or are invisible (Unicode 16, general categories Cc, Cf, Zl and Zp, and the fillers of Hangul). Halves of pairs
 * and what is no character cannot stand in XML.
 */
const hidden = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}\u115f\u1160\u3164\uffa0]/gu

/** Text of others with what cannot be seen in it written out, such as `⟨202E⟩`. */
export const visible = (text: string): string =>
  text.replace(hidden, char => `⟨${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`)
