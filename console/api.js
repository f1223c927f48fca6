// The two APIs of the incident manager, from the page that it serves itself.

/** Calls the incidents API: `GET` sends `input` in the query string, `POST` as JSON. Throws with the API's own message. */
export async function callIncidents(method, path, input) {
  if (method === 'GET') return answerOf(await fetch(`${path}?${new URLSearchParams(input)}`))
  const headers = { 'content-type': 'application/json' }
  return answerOf(await fetch(path, { method: 'POST', headers, body: JSON.stringify(input) }))
}

/** Calls an operation of the contacts API. Throws with the API's own message. */
export async function callContacts(operation, input) {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `SSMContacts.${operation}` }
  return answerOf(await fetch('/', { method: 'POST', headers, body: JSON.stringify(input) }))
}

async function answerOf(response) {
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.message ?? answer.Message ?? `The server answered ${response.status}`)
  return answer
}

/** Every element of a list operation: follows its page tokens, `most` pages at most. */
export async function everyPage(page, elements, token, most = 10) {
  const all = []
  let next
  for (let count = 0; count < most; count += 1) {
    const answer = await page(next ? { [token]: next } : {})
    all.push(...(answer[elements] ?? []))
    next = answer[token]
    if (!next) break
  }
  return all
}
