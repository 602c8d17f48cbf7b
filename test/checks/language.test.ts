import { describe, expect, test } from 'vitest'
import { language } from '../../checks/language.ts'
import { noContext } from '../check-context.ts'
import { checkConformance } from '../conformance/check.ts'
import { answerTurn, pythonTurn, searchTurn, trajectory } from '../fixtures.ts'

const english = 'I look at the upper left part of the image first. Then I measure how wide it is.'
const saying = (text: string) => trajectory({ turns: [pythonTurn({}, text), answerTurn('8')] })
const measure = (text: string, expected?: string) =>
  language(expected ? { expected } : {}).measure(saying(text), noContext)

describe('language', () => {
  checkConformance(async use =>
    use({
      check: language(),
      context: noContext,
      passing: saying(english),
      failing: saying(`${english} 然后我测量它的宽度。`),
    }),
  )
})

test.each([
  ['German', 'Ich schaue mir zuerst den oberen linken Teil des Bildes an.'],
  ['French', 'Je regarde d’abord la partie supérieure gauche de l’image.'],
  ['Spanish', 'Primero miro la parte superior izquierda de la imagen.'],
  ['Italian', 'Prima guardo la parte superiore sinistra dell’immagine.'],
  ['Portuguese', 'Primeiro olho para a parte superior esquerda da imagem.'],
  ['Dutch', 'Eerst kijk ik naar het linkerbovendeel van de afbeelding.'],
  ['Swedish', 'Först tittar jag på den övre vänstra delen av bilden.'],
  ['Polish', 'Najpierw patrzę na lewą górną część obrazu.'],
  ['Vietnamese', 'Đầu tiên tôi nhìn vào phần trên bên trái của hình ảnh.'],
])('a sentence in %s between English ones is seen', async (_, sentence) => {
  expect(await measure(`${english} ${sentence} Now I go on.`)).toMatchObject({
    reason: 'mixed_languages',
    detail: expect.stringMatching(/^turn 1 \(\w\w\): /),
  })
  expect(await measure(`${sentence} ${sentence}`)).toMatchObject({ reason: 'other_language' })
})

test.each([
  ['Chinese', '然后我测量它的宽度。'],
  ['Japanese', 'まず画像の左上を見ます。'],
  ['Korean', '먼저 이미지의 왼쪽 위를 봅니다.'],
  ['Russian', 'Сначала я смотрю на левую верхнюю часть.'],
  ['Arabic', 'أولا أنظر إلى الجزء العلوي الأيسر.'],
])('a sentence in %s is seen by its script', async (_, sentence) => {
  expect(await measure(`${english}\n${sentence}`)).toMatchObject({
    reason: 'mixed_scripts',
    detail: expect.stringMatching(/^turn 1: /),
  })
})

test.each([
  ['The sign says "出口在左边第二个门", which means exit.'],
  ['The name is 東京.'],
  ['Its neighbours are Brazil 1,790 km, Ecuador 708 km, Panama 339 km, Peru 1,494 km, Venezuela 2,341 km.'],
  ['Algeria 1,359 km, Burkina Faso 1,325 km, Cote d’Ivoire 599 km, Guinea 1,062 km, Mauritania 2,236 km'],
  ['The label reads “Ich schaue mir zuerst den oberen linken Teil des Bildes an”.'],
  ['I run this:\n```python\n# 然后我测量它的宽度和高度\nimport numpy as np\n```'],
  ['I print np.asarray(image_1).mean() and image_1.width.'],
  ['x = rho*sin(phi)*cos(theta), y = rho*sin(phi)*sin(theta), z = rho*cos(phi).'],
  ['$\\sin\\theta \\cdot \\cos\\theta$ et al, \\frac{\\tan\\theta}{\\sec\\theta} de la \\theta.'],
  ['8 by 7.'],
  ['Côte d’Ivoire is the tallest bar.'],
  [''],
])('%j is no foreign sentence', async text => {
  expect(await measure(`${english} ${text}`)).toMatchObject({ passed: true })
})

test('another language may be the expected one', async () => {
  const german =
    'Ich schaue mir zuerst den oberen linken Teil des Bildes an. Dann messe ich, wie breit er ist.'
  expect(await measure(german, 'de')).toMatchObject({ passed: true })
  expect(await measure(`${german} Then I measure how wide the rest of it is.`, 'de')).toMatchObject({
    reason: 'mixed_languages',
  })
  expect(await measure('我先看图像的左上部分。然后测量它的宽度。', 'zh')).toMatchObject({ passed: true })
  expect(
    await measure('我先看图像的左上部分。然后测量它的宽度。 I look at the upper left part.', 'zh'),
  ).toMatchObject({ reason: 'mixed_scripts' })
})

test('what was shown may be repeated', async () => {
  const shown = 'Ich schaue mir zuerst den oberen linken Teil des Bildes an.'
  const turns = [searchTurn([['Text', shown]]), pythonTurn({}, `${english} ${shown}`), answerTurn('8')]
  expect(await language().measure(trajectory({ turns }), noContext)).toMatchObject({ passed: true })
})
