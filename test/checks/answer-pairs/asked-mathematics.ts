import { r, type Trap } from './trap.ts'

interface Asked {
  question?: string
  tolerance?: number
  answer: string
  right: string[]
  wrong: string[]
}

const cases: Record<string, Asked[]> = {
  'what holds together is not what holds by itself': [
    {
      answer: 'x > 1 and x < 2',
      right: ['1 < x < 2', '(1,2)', r`x<2 \text{ and } x>1`, r`x \in (1,2)`, r`x>1 \land x<2`],
      wrong: ['x > 0 and x < 3', 'x > 1 or x < 2', '[1,2)', r`\mathbb{R}`, 'x > 1', 'y > 1 and y < 2'],
    },
    {
      answer: r`\mathbb{R}`,
      right: [r`(-\infty,\infty)`],
      wrong: [
        'x>1 and x<2',
        r`x \ge 3 \text{ and } x \le 5`,
        r`x \ne 1 \text{ and } x \ne 2`,
        r`x \ne 1 \text{ or } x \ne 2`,
      ],
    },
    {
      answer: r`x\ne 1 \text{ and } x\ne 2`,
      right: [
        r`x \ne 2 \text{ and } x \ne 1`,
        r`\mathbb{R}\setminus\{1,2\}`,
        r`(-\infty,1)\cup(1,2)\cup(2,\infty)`,
      ],
      wrong: [r`x\ne 3 \text{ and } x\ne 4`, r`x\ne 1`, r`\mathbb{R}`],
    },
    {
      answer: r`x\ge 0 \text{ and } x\ne 1`,
      right: [r`[0,1)\cup(1,\infty)`, 'x ≥ 0 and x ≠ 1', '0 <= x and x != 1'],
      wrong: [r`x\ge 0 \text{ and } x\ne 7`, r`x > 0 \text{ and } x\ne 1`, r`\mathbb{R}`, r`x \ge 0`],
    },
    {
      answer: r`x>2 \text{ and } y>3`,
      right: [r`y>3 \text{ and } x>2`, 'x > 2 and 3 < y'],
      wrong: [r`x>3 \text{ and } y>2`, 'x>2', r`x>2 \text{ or } y>3`, '(2,∞)', 'x>2 and y>3 and z>1'],
    },
    {
      answer: r`x>2 \text{ or } y>3`,
      right: ['y > 3 or x > 2'],
      wrong: ['x>2', 'y>3', 'x > 2 and y > 3', 'x>3 or y>2'],
    },
    {
      answer: r`(0,\infty)`,
      right: ['m > 0', 'x>0'],
      wrong: [r`m>0 \text{ and } n>0`, r`m>0 \text{ or } n>0`],
    },
    {
      answer: r`(-\infty,1) \text{ and } (2,\infty)`,
      right: [r`(-\infty,1)\cup(2,\infty)`, 'x < 1 or x > 2'],
      wrong: [r`(-\infty,\infty)`, '(1,2)', r`(-\infty,2) \text{ and } (1,\infty)`],
    },
    {
      answer: 'x=1 and y=2',
      right: ['y=2 and x=1', 'x=1, y=2'],
      wrong: ['x=1 or y=2', 'x=2 and y=1', 'x=1'],
    },
  ],
  'points are no intervals': [
    {
      question: 'At which points do the curves meet?',
      answer: r`(1,3) \text{ and } (2,4)`,
      right: [r`(2,4) \text{ and } (1,3)`, '(1,3) or (2,4)', r`\{(1,3),(2,4)\}`, '(1,3), (2,4)'],
      wrong: ['(1,4)', '(1,3)', '(1,4) and (2,3)', '(3,1) and (4,2)', r`(1,3)\cup(2,4)`],
    },
    {
      answer: r`(0,2) \text{ and } (1,3)`,
      right: ['(1,3) and (0,2)'],
      wrong: [r`(0,1.5) \text{ and } (1,3)`, '(0,3)', '(1,2)'],
    },
    {
      question: 'Find the coordinates of the midpoint.',
      answer: '(1,2)',
      right: ['(1, 2)', r`\left(1,\frac{4}{2}\right)`, 'x=1, y=2', 'y = 2 and x = 1'],
      wrong: ['1<x<2', '(2,1)', 'x=2, y=1', '[1,2]'],
    },
    {
      question: 'Find the domain.',
      answer: '(1,2)',
      right: ['1<x<2', 'x > 1 and x < 2'],
      wrong: ['(1,3)', '[1,2]'],
    },
    {
      question: 'Find $(p,q)$.',
      answer: '(3,2)',
      right: ['(p,q)=(3,2)', 'p=3, q=2', 'q = 2, p = 3'],
      wrong: ['(p,q)=(2,3)', '(q,p)=(3,2)', 'p=2, q=3'],
    },
  ],
  'the question says whether there is an order': [
    {
      question: 'Find all solutions, separated by commas.',
      answer: '-2,1',
      right: ['1,-2', '-2, 1', '1 and -2', r`\{1,-2\}`, 'x = 1 or x = -2', '$1$, $-2$'],
      wrong: ['-2', '1, 1', '-2, 1, 1', '2,-1'],
    },
    {
      question: 'Find x and y, in this order.',
      answer: '2, 3',
      right: ['2,3', '2 and 3'],
      wrong: ['3 and 2', r`\{3,2\}`, '3, 2', '2, 3, 3'],
    },
    {
      question: 'What are the lengths of AB and CD respectively?',
      answer: '3 and 4',
      right: ['3, 4', '3 and 4'],
      wrong: ['4 and 3', '4, 3', '3'],
    },
    {
      question: 'Find all roots with multiplicity.',
      answer: '1,1,2',
      right: ['2,1,1', '1,2,1'],
      wrong: ['1,2', '1 and 2', '1,2,2'],
    },
    {
      question: 'Find all ordered pairs (x,y) of solutions, separated by commas.',
      answer: '(1,2),(3,4)',
      right: ['(3,4),(1,2)', '(1,2) and (3,4)', '(3,4) and (1,2)'],
      wrong: ['(2,1),(4,3)', '(1,2)', '(1,4),(3,2)'],
    },
    { question: 'Find x and y.', answer: '1, 2', right: ['1, 2'], wrong: ['2, 1'] },
  ],
  'one answer does not stand for two that are near': [
    {
      tolerance: 0.05,
      answer: r`\{10,10.2\}`,
      right: [r`\{10.2,10\}`, r`\{10.1,10.3\}`, r`10 \text{ or } 10.2`],
      wrong: ['10.1', r`\{10.1\}`, r`\{10,10,10\}`],
    },
    {
      tolerance: 0.05,
      answer: 'x=10 or x=10.2',
      right: ['x=10.2 or x=10'],
      wrong: ['x=10.1', 'x=10.1 or x=12'],
    },
  ],
  'words and units are no products of letters': [
    {
      answer: r`12 \text{ gm}`,
      right: [r`12\text{ gm}`, r`12\ \mathrm{gm}`],
      wrong: [r`12 \text{ mg}`, r`13 \text{ gm}`],
    },
    { answer: r`\text{ACF}`, right: ['ACF', r`\mathrm{ACF}`], wrong: [r`\text{AFC}`, 'AFC', 'CAF'] },
    {
      answer: r`4\text{ mL}`,
      right: [r`4\text{ mL}`, '4 mL', r`0.004\text{ L}`],
      wrong: [r`4\text{ Lm}`, r`4\text{ L}`, r`5\text{ mL}`],
    },
    { answer: r`\text{dog}`, right: [r`\text{dog}`, r`\textbf{dog}`], wrong: [r`\text{god}`] },
    { answer: 'No', right: ['no', r`\text{No}`], wrong: ['oN', 'Yes'] },
    { answer: 'AB', right: [r`\mathrm{AB}`], wrong: ['BA'] },
    { answer: 'A^{-1}B', right: ['A^{-1} B'], wrong: ['BA^{-1}'] },
    { answer: '2xy', right: ['2yx', 'x*2*y'], wrong: ['2x', 'xy'] },
  ],
  'a unit or a percentage as it is asked for': [
    {
      question: 'How long is the side, in cm?',
      answer: '6',
      right: [r`6\text{ cm}`, '6 cm', r`60\text{ mm}`, r`6\ \mathrm{cm}`],
      wrong: [r`6\text{ m}`, r`6\text{ cm}^2`, r`6\text{ kg}`, r`\$6`],
    },
    {
      question: 'What percent of the students are absent?',
      answer: '25',
      right: [r`25\%`, '25', r`25\text{ percent}`],
      wrong: [r`2500\%`, '0.25', r`0.25\%`],
    },
    {
      question: 'What percent of the students are absent?',
      answer: r`25\%`,
      right: ['25', r`25\%`],
      wrong: ['0.25', '2500'],
    },
    { question: 'What is the probability?', answer: r`\frac14`, right: [r`25\%`, '0.25'], wrong: ['25'] },
    {
      question: 'How much does it cost?',
      answer: r`\$10`,
      right: ['10', r`\$10`, r`\$10.00`, r`10\text{ dollars}`],
      wrong: ['€10', r`\$11`, r`10\text{ cents}`],
    },
    {
      question: 'How many students are there?',
      answer: r`575\text{ students}`,
      right: ['575', r`575\text{ students}`, '575 students'],
      wrong: [r`575\text{ teachers}`, '576'],
    },
    {
      question: 'What is the area?',
      answer: r`12\text{ square units}`,
      right: ['12', r`12\text{ square units}`, r`12\text{ units}^2`],
      wrong: ['13', r`12\text{ square metres}^2`, r`12\text{ cubic units}`, r`12\text{ units}^3`],
    },
    {
      question: 'What is the ratio of boys to girls?',
      answer: r`\frac{7}{32}`,
      right: ['7:32', '14:64'],
      wrong: ['32:7', '7:31'],
    },
  ],
  'values without their labels': [
    {
      question: 'What are the lengths of AB and CD?',
      answer: 'AB=4, CD=5',
      right: ['4, 5', 'CD=5, AB=4', '4 and 5'],
      wrong: ['5, 4', '4'],
    },
    { question: 'Find y and x.', answer: 'x = 1, y = 2', right: ['y = 2, x = 1'], wrong: ['1, 2', '2, 1'] },
    { question: 'Find the two numbers.', answer: 'x = 1, y = 2', right: ['1, 2'], wrong: ['1, 3', '1'] },
    { question: 'What is the ratio?', answer: 'S_{ABC}:S=7:32', right: ['7:32'], wrong: ['32:7'] },
    {
      question: 'What part of the whole is it?',
      answer: r`\frac{NO}{BO}=\frac12`,
      right: [r`\frac12`, '0.5'],
      wrong: ['2'],
    },
    {
      question: 'What is it?',
      answer: r`\frac{10}{9}`,
      right: ['x=10/9'],
      wrong: [r`\frac{1}{2}  = \frac{10}{9}`, 'x = 1 = 10/9'],
    },
  ],
  'a label that is asked for': [
    { question: 'How long is AB?', answer: '13', right: ['AB = 13', '13'], wrong: ['AB = 12', 'CD = 13'] },
    {
      question: 'What is $a+b$?',
      answer: '13',
      right: ['a+b=13', 'a + b = 13', '13 = a + b'],
      wrong: ['a-b=13', 'a=13', 'a+b=14'],
    },
    {
      question: 'What is f(2)?',
      answer: '13',
      right: ['f(2) = 13', '13'],
      wrong: ['f(3) = 13', 'f(2) = 12'],
    },
    {
      question: 'Find the largest integer n such that n < 6.',
      answer: '5',
      right: ['n=5', 'n = 5.'],
      wrong: ['m=5', 'n=6'],
    },
    {
      question: 'Find x in degrees.',
      answer: '60',
      right: [r`x=60^\circ`, r`60^\circ`, 'x = 60'],
      wrong: [r`x=61^\circ`, r`y=60^\circ`],
    },
    {
      question: 'Express y in terms of x.',
      answer: '2x+1',
      right: ['y=2x+1', '1+2x'],
      wrong: ['y=2x', 'z=2x+1'],
    },
    { answer: 'x=1 or x=2', right: ['x=1, x=2', 'x = 2, x = 1', 'x=1 or 2'], wrong: ['x=1, y=2', 'x=1'] },
  ],
  'what is read': [
    {
      answer: '3',
      right: [
        r`\left\lfloor \frac{7}{2} \right\rfloor`,
        r`\left\lceil \frac52 \right\rceil`,
        r`\left\lvert -3 \right\rvert`,
      ],
      wrong: [r`\left\lceil \frac{7}{2} \right\rceil`],
    },
    {
      answer: 'x=2 or x=3',
      right: ['$x=2$ or $x=3$', r`\(x=2\) or \(x=3\)`, 'x=2或x=3'],
      wrong: ['$x=2$ or $x=4$'],
    },
    { answer: '69, 84', right: ['$69$, $84$', '69、84'], wrong: ['$69$, $85$'] },
    {
      answer: 'b^2-9a^2',
      right: ['b ^ { 2 } - 9 a ^ { 2 }', '(b-3a)(b+3a)'],
      wrong: ['b ^ { 2 } - 9 a ^ { 3 }'],
    },
    {
      answer: r`(n-2)2^n+1`,
      right: [r`1+2^n(n-2)`, r`n\cdot 2^n-2^{n+1}+1`],
      wrong: [r`(n-2)2^n-1`, r`(n-2)2n+1`],
    },
    { answer: '72', right: ['2^3 3^2', r`2^{3}3^2`, r`2^3\cdot 3^2`], wrong: ['2^33^2', '2^3 3'] },
    { answer: '1.5e3', right: ['1500', r`1.5\times 10^3`, '1.5e+3'], wrong: ['1.5e4', '1.5'] },
    {
      answer: r`\frac13`,
      right: [r`0.\overline{3}`, r`0.\dot{3}`, r`0.\bar{3}`],
      wrong: ['0.3', r`0.\overline{34}`, r`0.0\overline{3}`],
    },
    { answer: r`1.1\overline{6}`, right: [r`\frac{7}{6}`], wrong: [r`1.\overline{16}`, '1.16'] },
    { answer: '52_8', right: ['52_{8}', '52_8'], wrong: ['52', '52_9', '42'] },
    { answer: r`{5 \choose 2}`, right: ['10', r`\binom{5}{2}`], wrong: [r`{5 \choose 1}`, '5/2'] },
    { answer: r`\frac{10!}{3!7!}`, right: ['120', r`\binom{10}{3}`], wrong: ['720'] },
    { answer: '(0,1)', right: [']0,1['], wrong: ['[0,1]', ']0,1]', '[0,1['] },
    {
      answer: 'x>1',
      right: [r`\{x \mid x>1\}`, r`\{x : x > 1\}`, r`\{x \in \mathbb{R} \mid x > 1\}`, r`(1,\infty)`],
      wrong: [r`\{x \mid x \ge 1\}`, r`\{x \mid y>1\}`],
    },
    { answer: 'x^{1/5}', right: ['x^{0.2}', r`\sqrt[5]{x}`], wrong: ['x^{0.25}', 'x^{0.02}'] },
  ],
  'what comes too near to a limit is not it': [
    {
      answer: '1',
      right: ['2^0', r`\cos(0)`, r`\cos(2\pi)`, 'e^0'],
      wrong: [
        r`2^{\frac{1}{2^{1000}}}`,
        'e^{10^{-70}}',
        r`\cos(10^{-31})`,
        r`\cos(10^{-22})`,
        r`\sqrt[300!]{7}`,
      ],
    },
    { answer: r`\frac{\pi}{2}`, right: [r`\arcsin(1)`], wrong: [r`\arctan(10^{70})`] },
    { answer: '0', right: [r`\ln 1`], wrong: [r`\ln(2^{1/2^{1000}})`] },
    { answer: r`[1,+\infty)`, right: ['x >= 1'], wrong: [r`[2^{1/2^{1000}},\infty)`] },
    { answer: '1,234', right: ['1234'], wrong: ['1, 234', '1 , 234'] },
  ],
}

/** Mathematics under questions that ask for it in one way or another. */
export const askedMathematics: Trap[] = Object.entries(cases).flatMap(([trap, all]) =>
  all.map(
    ({ question, tolerance, answer, right, wrong }): Trap => ({
      trap: `${trap}: ${answer}${question ? `, ${question}` : ''}`,
      type: 'math',
      ...(question ? { question } : {}),
      ...(tolerance ? { tolerance } : {}),
      right: [[answer, ...right]],
      wrong: [[answer, ...wrong]],
    }),
  ),
)
