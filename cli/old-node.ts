/** The oldest Node that has what kindling is written for. */
const needed = 24

interface Running {
  versions: { node: string }
  platform: string
  arch: string
}

/** What to do where Node is too old, or undefined where it is not. Imports nothing, so that any Node can read it. */
export function adviceForOldNode({ versions, platform, arch }: Running): string | undefined {
  if (Number.parseInt(versions.node, 10) >= needed) return undefined
  const brought = platform === 'linux' && ['x64', 'arm64'].includes(arch)
  const ways = [
    ...(brought
      ? [`\`npm install node-linux-${arch}@${needed}\` in this project, then \`npx kindling\``]
      : []),
    `\`nvm install ${needed}\``,
    'https://nodejs.org/en/download',
  ]
  return `kindling needs Node ${needed} or newer; this is ${versions.node}; get it by ${ways.join(', or ')}`
}
