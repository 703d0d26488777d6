// Drives the client of @mgovedarov/mcp-vcf-orchestrator: one line of JSON asks, one line of JSON answers (see
// clients.py). Nothing here knows a path, a header or a document of the API: all of that is the client's.
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

const place = `${process.env.NODE_PATH}/@mgovedarov/mcp-vcf-orchestrator/dist/client/index.js`
const { VroClient } = await import(pathToFileURL(place))
// It tells what it does on the way.
console.error = () => {}
let client

const calls = {
  connect (config) {
    // What it offers for certificates of one's own is to look at none.
    client = new VroClient({ ...config, ignoreTls: true })
    return true
  },

  ask ({ method, args }) {
    return client[method](...args)
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  let answer
  try {
    const value = await calls[asked.call](asked.arguments)
    answer = { value: value === undefined ? null : value }
  } catch (problem) {
    answer = { error: { kind: problem.name, text: String(problem.message), status: null } }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
await client?.close()
