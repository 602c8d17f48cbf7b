/** What messages have in common that differ in numbers and names of requests. */
export const wordsInCommon = (message: string): string => message.replace(/\b[\da-f-]{8,}\b|\d+/gi, '#')

/** Tells of each kind of fault once. */
export function oncePerKind(warn: (message: string) => void) {
  const told = new Set<string>()
  return (message: string) => {
    const kind = wordsInCommon(message)
    if (!told.has(kind)) warn(message)
    told.add(kind)
  }
}
