import { shownImage } from 'kindling/tools/shown-image'
import { defineTool, Type } from 'kindling/tools/tool'

/** How large an image is. `args` is what the teacher is told, and what its calls are checked against. */
export const imageSize = () =>
  defineTool({
    name: 'image_size',
    description: 'The width and height, in pixels, of an image that was shown.',
    args: Type.Object(
      { image: Type.String({ description: 'its name, such as image_1' }) },
      { additionalProperties: false },
    ),
    options: {},
    stateful: false,
    repeatable: true,
    async run({ image }, { images }) {
      const { width, height } = shownImage(image, images)
      return { parts: [{ type: 'text', text: `${width}x${height}` }], data: null, mistake: null }
    },
  })
