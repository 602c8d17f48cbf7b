export const markdownTable = (head: string[], rows: (string | number)[][]): string =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(line).join(' | ')} |`).join('\n')

/** Text from outside, as one line of Markdown in which nothing of it is markup. */
export const line = (value: string | number): string =>
  String(value)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|]/g, '\\$&')
