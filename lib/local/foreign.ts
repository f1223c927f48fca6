// Who does not belong at the loopback port, where anybody may be an admin: web pages from elsewhere, and reverse proxies that let the world in.
import type { IncomingMessage } from 'node:http'

const PROXIED = /^(?:forwarded|via|x-forwarded(?:-.*)?|x-real-ip)$/

/** Why a request does not come from this machine's own clients; `hosts` are the names that the port has. */
export function foreignness(message: IncomingMessage, hosts: readonly string[]): string | undefined {
  const trace = proxyTrace(message)
  if (trace !== undefined)
    return `The request came through a proxy (${trace}), and this port is for clients of this machine only: let the proxy lead to the public listener (TOCSIN_PUBLIC_PORT, TOCSIN_PUBLIC_URL), where signatures are always checked`
  const { host, origin } = message.headers
  if (!hosts.includes(host ?? '')) return 'The Host header names another machine'
  if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) return 'The Origin is another site'
  return undefined
}

/** What proxies add; and HTTP/1.0, which nginx speaks as it comes, and no client of ours. */
function proxyTrace({ headers, httpVersion }: IncomingMessage): string | undefined {
  return Object.keys(headers).find((name) => PROXIED.test(name)) ?? (httpVersion === '1.0' ? 'HTTP/1.0' : undefined)
}
