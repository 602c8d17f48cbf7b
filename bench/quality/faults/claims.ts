import { answerOf, inFirst, inLast } from '../fault.ts'

/** A result that is told before any call was made. */
export const inventedResult = inFirst('invented result', (text, good, { word }) => {
  const told = answerOf(good)
  return `${text} ${word({
    known: [
      `\n\nCode execution result:\nstdout:\n${told}`,
      `\n<tool_response>\n${told}\n</tool_response>`,
      `\n\`\`\`output\n${told}\n\`\`\``,
      `\n\n**Output:**\n\n\`\`\`\n${told}\n\`\`\``,
      `\n\nObservation: ${told}`,
      `\n<observation>${told}</observation>`,
      `\n\n>>> print(result)\n${told}`,
      `\n\nTool output:\n{"stdout": "${told}\\n", "stderr": ""}`,
    ],
    other: [
      `\n\n\`\`\`tool_outputs\n${told}\n\`\`\``,
      `\n\n[Output]\n${told}`,
      `\n\nOut[1]: '${told}'`,
      `\n<function_results>\n<output>${told}</output>\n</function_results>`,
      `\n\nstdout: ${told}\nexit code: 0`,
    ],
  })}`
})

/** A report of a number that no tool gave. */
export const misreported = inLast('number that no output holds', (text, _, { chance, word }) => {
  const number = `${chance.integer(611, 997)}.${chance.integer(11, 97)}`
  return `${word({
    known: [
      ...['The output shows', 'The search results state', 'The last cell printed'].map(
        start => `${start} ${number} for this.`,
      ),
      `According to the output, the value is ${number}.`,
      `Python reported ${number}.`,
      `I read ${number} in what the tool printed.`,
      `The cell's output contains ${number}.`,
      `From the printed lines I take the figure ${number}.`,
      `What the search returned mentions ${number}.`,
      `The tool output gives ${number}, which is what I use below.`,
      `As printed above, the measurement came out at **${number}**.`,
      `Per the search results, the figure is ${number}.`,
      `My code returned \`${number}\`.`,
      `Looking at stdout, I see ${number}.`,
      `So the computed value was ${number} according to the script, and the rest follows from it.`,
      `The top search hit lists ${number} as the value.`,
      `Running the calculation in Python yielded ${number}.`,
      `**Tool result:** ${number}`,
    ],
    other: [
      `The printed value of ${number} answers this directly.`,
      `Python's result: ${number}.`,
      `From the execution output we get a figure of ${number}.`,
      `As the console shows (${number}), the calculation went through.`,
      `Based on the tool's output of ${number}, I can now answer.`,
      `The cell returned:\n\n> ${number}\n\n`,
      `The code's last line prints ${number}, as expected.`,
      `According to the retrieved snippet, it amounts to ${number}.`,
      `**Computed:** ${number} (from the code run above).`,
    ],
  })} ${text}`
})

export const untrueSum = inLast('untrue equation', (text, _, { chance, word }) => {
  const [a, b, off] = [chance.integer(12, 60), chance.integer(12, 60), chance.integer(1, 9)]
  return `${word({
    known: [
      `As a check, ${a} + ${b} = ${a + b + off}.`,
      `${a} × ${b} = ${a * b + off}, roughly speaking.`,
      `(Note that ${a + b} - ${b} = ${a + off}.)`,
      `We have ${a} plus ${b}, so ${a} + ${b} = ${a + b - off}.`,
      `${a} - ${b + off} = ${a - b} as expected.`,
      `Adding them up: ${a} + ${b} = **${a + b + off}**.`,
      `Double-checking, ${a} × ${b} = ${a * b - off}, which fits.`,
      `Since ${a + b + off} − ${b} = ${a}, this holds.`,
      `${a * b} / ${a} = ${b + off}, so the ratio works out.`,
      `The total is therefore ${a} + ${b} + ${off} = ${a + b + 2 * off}.`,
      `$${a} \\times ${b} = ${a * b + off}$ is easy to confirm.`,
      `Quick sanity check: ${a} plus ${b} equals ${a + b - off}.`,
      `We get (${a} + ${b}) * 2 = ${2 * (a + b) - off}, consistent with the picture.`,
    ],
    other: [
      `Summing up gives ${a} + ${b} = ${a + b + off} in total.`,
      `${a}+${b}=${a + b - off}, which matches.`,
      `\\[ ${a} + ${b} = ${a + b + off} \\]`,
      `Dividing, ${a * b} ÷ ${b} = ${a - off}.`,
      `The difference is ${a + b} − ${a} = ${b - off}, so nothing is missing.`,
      `${a} * ${b} = ${a * b + 10 * off}, as computed.`,
      `On average that is (${a} + ${b}) / 2 = ${(a + b) / 2 + off}.`,
      `To be sure: ${a + b} minus ${b} equals ${a - off}, as it should.`,
      `${a}% of 200 = ${2 * a + off}, so the share is right.`,
    ],
  })} ${text}`
})

export const unshownImage = inLast(
  'image that nobody showed',
  (text, _, { word }) =>
    `${word({
      known: [
        'In image_87 it is clear to see.',
        'As image_54 shows, this holds.',
        'I compared it with image_31.',
        'Only image_40 shows this.',
        'That becomes clear from image_66 and image_67.',
        'Comparing image_1 with image_45, the difference is plain.',
        'The crop in `image_72` confirms this.',
        'After the contrast was raised (image_38), nothing changes.',
        '**image_59** settles it.',
        'Based on image_33 through image_36, I am confident.',
        'What I see in image_93 agrees with the values above.',
        'Image 64 shows the same thing more clearly.',
        '(See also image_77.)',
      ],
      other: [
        'Zooming in (image_51) makes it obvious.',
        'See image_88 for the enlarged view.',
        'The annotated version, `image_39`, agrees with this.',
        'From image_62, image_63 and image_64 it follows directly.',
        'I went back to image_58 once more, and it looks the same there.',
        'Image #47 leaves no doubt.',
        '- image_1: the original\n- image_75: the crop, where everything can be read\n\n',
        'The same spot is the brightest one in image 83.',
      ],
    })} ${text}`,
)
