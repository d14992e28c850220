import { ensureInstalled, runTool } from './install.mjs'

/** Runs one of our tools, `node platform/tools/tool.mjs <name> [arguments]`, on the pinned Node.js. */
const [name, ...args] = process.argv.slice(2)
ensureInstalled()
runTool(`${name}.mjs`, args)
