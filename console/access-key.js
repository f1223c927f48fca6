// Who is signed in: an access key of `npm run keys`, kept by this tab until it is closed or signed out.
const KEPT = 'tocsin-access-key'

/** `{accessKeyId, secretAccessKey, region}`; undefined when nobody is signed in. */
export function accessKey() {
  const kept = sessionStorage.getItem(KEPT)
  return kept ? JSON.parse(kept) : undefined
}

export const keep = (key) => sessionStorage.setItem(KEPT, JSON.stringify(key))
export const forget = () => sessionStorage.removeItem(KEPT)

/** Where this page comes from, as far as its address tells: that of a function URL names its region. */
export const regionOf = (host) => /\.lambda-url\.([a-z\d-]+)\./.exec(host)?.[1] ?? 'us-east-1'
