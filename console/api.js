// The two APIs of the incident manager, from the page that it serves itself; signed where somebody has signed in.
import { accessKey } from './access-key.js'
import { queryOf, signedHeaders } from './sign.js'

/** What an API answered instead; `signIn` says that it wants to know who asks. */
class Refused extends Error {
  constructor(message, name) {
    super(message)
    this.signIn = /^(?:MissingAuthenticationToken|UnrecognizedClient|InvalidSignature|IncompleteSignature)/.test(name)
  }
}

/** Calls the incidents API: `GET` sends `input` in the query string, `POST` as JSON. Throws with the API's own message. */
export function callIncidents(method, path, input) {
  const service = 'ssm-incidents'
  if (method === 'GET') return call({ service, method, path, query: queryOf(input), headers: {} })
  const headers = { 'content-type': 'application/json' }
  return call({ service, method, path, headers, body: JSON.stringify(input) })
}

/** Calls an operation of the contacts API. Throws with the API's own message. */
export function callContacts(operation, input) {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `SSMContacts.${operation}` }
  return call({ service: 'ssm-contacts', method: 'POST', path: '/', headers, body: JSON.stringify(input) })
}

async function call(request) {
  const { method, path, query, headers, body } = request
  const key = accessKey()
  const sent = key ? await signedHeaders({ ...request, host: location.host }, key) : headers
  const response = await fetch(query ? `${path}?${query}` : path, { method, headers: sent, body })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer
  const name = response.headers.get('x-amzn-errortype') ?? ''
  throw new Refused(answer.message ?? answer.Message ?? `The server answered ${response.status}`, name)
}

/** Every element of a list operation: follows its page tokens, `most` pages at most; but none is said to be there only at the end. */
export async function everyPage(page, elements, token, most = 10) {
  const all = []
  let next
  for (let count = 0; count < most || all.length === 0; count += 1) {
    const answer = await page(next ? { [token]: next } : {})
    all.push(...(answer[elements] ?? []))
    next = answer[token]
    if (!next) break
  }
  return all
}
