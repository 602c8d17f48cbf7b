const longest = 300

/** A text of whatever length on one line that fits a screen. */
export function screenLine(text: string): string {
  // White space may be shortened, so a little more is looked at; some texts hold megabytes.
  const line = text
    .slice(0, 40 * longest)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}
