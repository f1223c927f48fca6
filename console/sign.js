// Signature Version 4, as the AWS SDKs sign: the page calls the two APIs the way any other client would.
const utf8 = new TextEncoder()

const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

const sha256 = async (text) => hex(await crypto.subtle.digest('SHA-256', utf8.encode(text)))

async function hmac(key, text) {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return crypto.subtle.sign('HMAC', imported, utf8.encode(text))
}

/** As a query is signed (RFC 3986): `encodeURIComponent` leaves five characters more as they are. */
const encoded = (text) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

/** The query string of `input`, in the order in which it is signed. */
export const queryOf = (input) =>
  Object.entries(input)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&')

/**
 * The headers to send a request with: its own, when it was made, and its signature by `key`, which has an accessKeyId, a
 * secretAccessKey and a region. `path` needs no encoding; `host` is where it goes to.
 */
export async function signedHeaders(
  { service, method, host, path, query = '', headers, body = '' },
  key,
  now = new Date(),
) {
  const at = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const sent = { ...headers, 'x-amz-date': at }
  const all = Object.entries({ ...sent, host }).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const names = all.map(([name]) => name).join(';')
  const lines = all.map(([name, value]) => `${name}:${value}\n`).join('')
  const request = [method, path, query, lines, names, await sha256(body)].join('\n')
  const scope = [at.slice(0, 8), key.region, service, 'aws4_request']
  let signing = utf8.encode(`AWS4${key.secretAccessKey}`)
  for (const part of scope) signing = await hmac(signing, part)
  const toSign = ['AWS4-HMAC-SHA256', at, scope.join('/'), await sha256(request)].join('\n')
  const signature = hex(await hmac(signing, toSign))
  const credential = `${key.accessKeyId}/${scope.join('/')}`
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}
