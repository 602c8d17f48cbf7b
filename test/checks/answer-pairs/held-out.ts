import { r, type Trap } from './trap.ts'

/** Written before the code was run on any of them, to see what it does on answers that nobody tuned it to: it refused three. */
export const heldOut: Trap[] = [
  {
    trap: 'fractions in other clothes',
    type: 'math',
    right: [
      ['7/3', r`\frac{7}{3}`],
      [r`\frac{7}{3}`, r`$\dfrac{14}{6}$`, r`2\frac{1}{3}`],
      [r`\frac{-5}{8}`, r`-\frac{5}{8}`],
      [r`\frac38`, '0.375'],
      [r`\frac{1}{\sqrt{5}}`, r`\frac{\sqrt{5}}{5}`],
    ],
    wrong: [
      [r`\frac{7}{3}`, r`\frac{3}{7}`, '2.33', r`\frac{7}{3}x`],
      [r`\frac38`, '0.38'],
    ],
  },
  {
    trap: 'radicals that look alike',
    type: 'math',
    right: [
      [r`\sqrt{75}`, r`5\sqrt{3}`],
      [r`5\sqrt3`, r`\sqrt{12}+\sqrt{27}`],
      [r`2\sqrt[3]{2}`, r`\sqrt[3]{16}`],
      [r`\sqrt{3}+1`, r`\frac{2}{\sqrt{3}-1}`],
      [r`5\sqrt{2}`, '√50'],
    ],
    wrong: [
      [r`5\sqrt{3}`, r`3\sqrt{5}`, '8.66'],
      [r`\sqrt{53}`, r`\sqrt{5}\cdot 3`],
      [r`\sqrt{16}`, r`\sqrt[3]{16}`],
    ],
  },
  {
    trap: 'huge and tiny values',
    type: 'math',
    right: [[r`9^{200}`, '3^{400}']],
    wrong: [
      ['3^{401}', '3^{400}'],
      ['2^{300}', '2^{300}+1'],
      [r`\frac{1}{301!}`, r`\frac{1}{300!}`],
      ['10^{20}', '100000000000000000001'],
    ],
  },
  {
    trap: 'polynomials',
    type: 'math',
    right: [
      ['a^2+2ab+b^2', '(a+b)^2'],
      ['x^2-9', '(x-3)(x+3)'],
      ['x-1', '-(1-x)'],
      ['x^2+2x+4', r`\frac{x^3-8}{x-2}`],
    ],
    wrong: [
      ['a^2+b^2', '(a+b)^2'],
      ['x^2-9', '(x-3)^2'],
      ['x-1', '1-x'],
      ['y^2-9', 'x^2-9'],
      ['X^2', 'x^2'],
    ],
  },
  {
    trap: 'functions and their domains',
    type: 'math',
    right: [
      [r`2\sin x\cos x`, r`\sin 2x`],
      [r`\sin^2 t`, r`\frac{1}{2}(1-\cos(2t))`],
      ['9', r`e^{2\ln 3}`],
      ['4', r`\log_3 81`],
      [r`\frac{\pi}{4}`, r`\arctan 1`],
    ],
    wrong: [
      [r`\ln|x| + C`, r`\ln x + C`, r`\ln|x|`],
      [r`\sqrt{x^2}`, r`x`],
      [r`\frac{1}{\sin x}`, r`\sin^{-1} x`],
      [r`\ln 100`, r`\log 100`],
    ],
  },
  {
    trap: 'intervals and inequalities',
    type: 'math',
    right: [
      ['[-2,7)', r`\left[-2, 7\right)`, r`-2 \le x < 7`],
      [r`\mathbb{R}\setminus\{4\}`, r`(-\infty, 4)\cup(4,\infty)`],
      [r`[5,\infty)`, 'x ≥ 5'],
      [r`(-\infty,-1)\cup(1,\infty)`, r`x < -1 \text{ or } x > 1`],
    ],
    wrong: [
      ['[-2,7)', r`-2 < x < 7`, r`(-2,7)`, r`(7,-2]`],
      [r`x \geq 5`, 'x > 5'],
      [r`(-\infty, 4)\cup(4,\infty)`, r`(4,\infty)`],
    ],
  },
  {
    trap: 'several values',
    type: 'math',
    right: [
      [r`\{-1, 2\}`, r`\{2, -1\}`],
      [r`x = 3 \text{ or } x = -3`, r`x = \pm 3`],
      [r`\{-1,2\}`, '-1 and 2'],
      ['(0.5,-4)', r`(\frac12, -4)`],
      ['x=1, y=2', 'y=2, x=1'],
    ],
    wrong: [
      [r`\pm 3`, '3'],
      [r`\{-1,2\}`, r`\{-1,2,3\}`],
      [r`(\frac12, -4)`, '(-4, 1/2)'],
      ['x=1, y=2', 'x=2, y=1'],
      ['1, 2, n', r`1, 2, \ldots, n`],
    ],
  },
  {
    trap: 'equations',
    type: 'math',
    right: [
      ['x - 2y = 3', '3x - 6y = 9'],
      ['y = 2x + 1', 'y - 2x = 1'],
      ['9x^2+4y^2=36', r`\frac{x^2}{4}+\frac{y^2}{9}=1`],
    ],
    wrong: [
      ['3x + 4y + 14 = 0', '3x - y + 13 = 0'],
      ['x - 2y = 3', 'x - 2y = -3'],
      ['x = 7', '2x = 14', 'y = 7'],
    ],
  },
  {
    trap: 'matrices',
    type: 'math',
    right: [
      [r`\begin{pmatrix}1&0\\0&1\end{pmatrix}`, r`\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}`],
      [r`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, '[[1, 2], [3, 4]]'],
    ],
    wrong: [
      [
        r`\begin{pmatrix}1&2\\3&4\end{pmatrix}`,
        r`\begin{pmatrix}1&3\\2&4\end{pmatrix}`,
        r`\begin{vmatrix}1&2\\3&4\end{vmatrix}`,
      ],
    ],
  },
  {
    trap: 'numbers as people write them',
    type: 'number',
    right: [
      ['42', 'forty-two'],
      ['305', 'three hundred and five'],
      ['-7', 'negative seven'],
      ['2,500,000', '2.5 million'],
      ['12345678', '12 345 678'],
      ['3400', '$3,400.00'],
      ['0.375', r`\frac{3}{8}`],
      ['60000', r`6\times10^{4}`],
      ['2000 m', '2 km'],
      ['1.5 hours', '90 minutes'],
    ],
    wrong: [
      [
        '42',
        'forty two or forty three',
        'somewhere between 40 and 44',
        '42, maybe 43',
        '42nd',
        'four two',
        '42 (or possibly 24)',
        'it is not 42',
        '4.2',
      ],
      ['2,500,000', '2.500.000'],
      ['2 m', '2 km'],
      ['1.5', '90 minutes', '1,5'],
    ],
  },
  {
    trap: 'ranges',
    type: 'number',
    right: [
      ['15-20', 'from 15 to 20'],
      ['between 15 and 20', '15–20'],
      ['15-20 kg', '15 - 20 kg'],
    ],
    wrong: [
      ['15-20', '17', '15', '15-21', '20-15'],
      ['15', '15-20'],
    ],
  },
  {
    trap: 'options with letters and texts',
    type: 'choice',
    choices: ['a cat', 'a dog', 'a horse', 'none of the above'],
    right: [
      ['a horse', '(C)', 'Option C.', 'c) a horse', '**horse**', r`\boxed{\text{C}}`],
      ['none of the above', 'None of the above.'],
    ],
    wrong: [
      ['a horse', 'B) a horse', 'C and D', 'A or C', 'not C', 'a horse, or a dog'],
      ['a dog', 'anything but a dog'],
    ],
  },
  {
    trap: 'dates',
    type: 'date',
    right: [
      ['1776-07-04', 'July 4, 1776', '4th July 1776', 'Thursday, July 4, 1776'],
      ['July 4, 1776', '04.07.1776'],
      ['1999-07-23', '23/07/1999'],
      ['2001-09', 'Sept. 2001'],
    ],
    wrong: [
      [
        '1776-07-04',
        '07/04/1776',
        'Friday, July 4, 1776',
        'July 1776',
        'July 4',
        '4 July 76',
        '1776-07-04T23:00Z',
        'July 4 or 5, 1776',
      ],
      ['1776-07', 'July 4, 1776'],
    ],
  },
  {
    trap: 'lists in no order',
    type: 'set',
    right: [
      ['Rome; Cairo; Oslo', 'Oslo, Rome and Cairo'],
      ['1, 2, 3', '[3, 1, 2]'],
      ['Oslo, Rome', '- Rome\n- Oslo'],
      ['blue, red', '{"red", "blue"}'],
    ],
    wrong: [
      ['Oslo, Rome, Cairo', 'Oslo, Rome', 'Oslo, Rome, Cairo, Paris'],
      ['Oslo, Rome', 'Oslo or Rome', 'Oslo, Oslo, Rome'],
      ['1, 23', '12, 3'],
    ],
  },
  {
    trap: 'words',
    type: 'text',
    right: [
      ['Sao Paulo', '**São Paulo**'],
      ['blue', 'The answer is: blue.'],
    ],
    wrong: [['blue', 'blue or green', 'not blue', 'light blue', '']],
  },
]
