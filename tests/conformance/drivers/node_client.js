// Drives @vcd/node-client: one line of JSON asks, one line of JSON answers (see clients.py). Nothing here knows a path,
// a header or a document of the API: all of that is the client's.
'use strict'

const readline = require('readline')
const vcd = require('@vcd/node-client')
const { CloudDirectorAuthentication } = require('@vcd/node-client/lib/auth')

const logins = {}

const calls = {
  async login ({ who, url, user, org, password }) {
    logins[who] = await vcd.CloudDirectorConfig.withUsernameAndPassword(`${url}/cloudapi`, user, org, password)
    // The client speaks of the certificate that it met; the tests run with one that it can check.
    return { authorized: logins[who].connectionAuth.authorized, token: logins[who].token }
  },

  async token ({ who, url, user, org, token }) {
    logins[who] = vcd.CloudDirectorConfig.fromParams(`${url}/cloudapi`, { authorized: true }, user, org, token)
    return true
  },

  // A method of one of the client's generated classes. Further headers go the way that the client offers for them: an
  // authentication of one's own.
  async api ({ who, api, method, args, headers }) {
    const client = logins[who].makeApiClient(vcd[api])
    if (headers) {
      const usual = new CloudDirectorAuthentication('', '', logins[who].token)
      client.setDefaultAuthentication({
        applyToRequest (request) {
          usual.applyToRequest(request)
          Object.assign(request.headers, headers)
        }
      })
    }
    const { response, body } = await client[method](...args)
    return { status: response.statusCode, headers: response.headers, body: body === undefined ? null : body }
  },

  async upload ({ who, url, file, type }) {
    const { res } = await logins[who].makeTransferClient(url).upload(file, type)
    return { status: res.statusCode }
  }
}

function told (problem) {
  const response = problem.response || problem.res
  const body = problem.body
  return {
    kind: problem.name || 'Error',
    text: body && body.message ? body.message : String(problem.message || body || problem),
    status: response ? response.statusCode : null
  }
}

async function main () {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const asked = JSON.parse(line)
    let answer
    try {
      answer = { value: await calls[asked.call](asked.arguments) }
    } catch (problem) {
      answer = { error: told(problem) }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
}

main()
