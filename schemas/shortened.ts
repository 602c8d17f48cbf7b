/** A text as it stands in a line for people: whole, or its two ends where it is longer. */
export function shortened(text: string, longest = 100): string {
  if (text.length <= longest) return text
  return `${text.slice(0, longest * 0.6)}…${text.slice(-longest * 0.3)}`.toWellFormed()
}
