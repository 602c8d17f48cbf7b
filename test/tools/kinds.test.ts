import { expect, test } from 'vitest'
import { calculator } from '../../tools/calculator.ts'
import { crop } from '../../tools/crop.ts'
import { type ImageProvider, imageSearch } from '../../tools/image-search.ts'
import { openPage } from '../../tools/open-page.ts'
import { python } from '../../tools/python.ts'
import { textSearch } from '../../tools/text-search.ts'
import { kindsOf } from '../../tools/tool.ts'

const corpus = { name: 'none', options: {}, search: async () => [] }
const pictures: ImageProvider = { name: 'none', options: {}, byImage: async () => [] }

test('every tool says what it is for, and what says nothing is another one', () => {
  const tools = [python(), imageSearch({ corpus: pictures }), textSearch({ corpus }), crop(), calculator()]
  expect(Object.fromEntries(kindsOf([...tools, openPage()]))).toEqual({
    python: 'code',
    image_search: 'image_search',
    text_search: 'text_search',
    image_zoom_in_tool: 'other',
    calculator: 'other',
    open_page: 'other',
  })
})
