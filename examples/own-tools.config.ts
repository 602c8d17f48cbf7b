// Tools of your own: a few lines in the config, the two examples of the package, and those of any MCP server.
//   npm run kindling -- run examples/own-tools.config.ts
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { reexecutes } from 'kindling/checks/reexecutes'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { jsonl } from 'kindling/tasks/jsonl'
import { program } from 'kindling/teachers/program'
import { calculator } from 'kindling/tools/calculator'
import { crop } from 'kindling/tools/crop'
import { mcp } from 'kindling/tools/mcp'
import { python } from 'kindling/tools/python'
import { defineTool, ToolError, Type } from 'kindling/tools/tool'

const { RUNS: output = '../runs' } = process.env

/** The schema is what the teacher is told and what its calls are checked against. */
const imageSize = defineTool({
  name: 'image_size',
  description: 'The width and height, in pixels, of an image that was shown.',
  args: Type.Object({ number: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  options: {},
  stateful: false,
  repeatable: true,
  async run({ number }, { images }) {
    const image = images[number - 1]
    if (!image) throw new ToolError(`There is no image_${number}; there are ${images.length} images.`)
    return { parts: [{ type: 'text', text: `${image.width}x${image.height}` }], data: null, mistake: null }
  },
})

export default defineConfig({
  name: 'own-tools',
  output,
  tasks: jsonl('own-tasks/tasks.jsonl', {
    fields: { id: 'id', question: 'question', images: 'image', answer: 'answer' },
    source: { name: 'own tasks', licence: 'see the folder' },
    rest: 'ignore',
  }),
  teachers: [program({ errors: 0 })],
  tools: [
    python(),
    crop(),
    calculator(),
    imageSize,
    ...(await mcp({
      command: 'npx',
      args: ['--no-install', 'mcp-server-everything'],
      tools: ['get-sum', 'get-tiny-image'],
      prefix: 'demo_',
      timeoutMs: 20_000,
    })),
  ],
  sandbox: bubblewrap(),
  checks: [answer(), reexecutes()],
  filters: [passed()],
  exports: [hf()],
})
