import { answerOf, inFirst, inLast } from '../fault.ts'

/** A result that is told before any call was made. */
export const inventedResult = inFirst('invented result', (text, good, { word }) => {
  const told = answerOf(good)
  return `${text} ${word([
    `\n\n\`\`\`tool_outputs\n${told}\n\`\`\``,
    `\n\n[Output]\n${told}`,
    `\n\nOut[1]: '${told}'`,
    `\n<function_results>\n<output>${told}</output>\n</function_results>`,
    `\n\nstdout: ${told}\nexit code: 0`,
  ])}`
})

export const untrueSum = inLast('untrue equation', (text, _, { chance, word }) => {
  const [a, b, off] = [chance.integer(12, 60), chance.integer(12, 60), chance.integer(1, 9)]
  return `${word([
    `Summing up gives ${a} + ${b} = ${a + b + off} in total.`,
    `${a}+${b}=${a + b - off}, which matches.`,
    `\\[ ${a} + ${b} = ${a + b + off} \\]`,
    `Dividing, ${a * b} ÷ ${b} = ${a - off - 1}.`,
    `The difference is ${a + b} − ${a} = ${b - off}, so nothing is missing.`,
    `${a} * ${b} = ${a * b + 10 * off}, as computed.`,
    `On average that is (${a} + ${b}) / 2 = ${(a + b) / 2 + off}.`,
    `To be sure: ${a + b} minus ${b} equals ${a - off}, as it should.`,
    `${a}% of 200 = ${2 * a + off}, so the share is right.`,
  ])} ${text}`
})
