// The access keys of a Tocsin that is running on this machine, through its own endpoint.
import { ordersHeaders } from '../lib/local/guard.ts'
import { type Json, parseJson } from '../lib/local/json.ts'
import type { Keys } from './keys.ts'

/** Those of the Tocsin on `port`, which works in `folder` (or `:memory:`). Rejects with its words when it refuses. */
export function runningKeys(port: number, folder: string): Keys {
  const headers = ordersHeaders(folder)
  const ask = async (method: 'GET' | 'POST', path: string, input?: object): Promise<{ status: number; json: Json }> => {
    const response = await fetch(`http://127.0.0.1:${port}/_tocsin/keys${path}`, {
      method,
      headers,
      ...(input ? { body: JSON.stringify(input) } : {}),
    }).catch((cause: unknown) => {
      throw new Error(`Nothing that is Tocsin answers on ${port}: name its port by PORT`, { cause })
    })
    const { status } = response
    const json = parseJson(await response.text(), 'The answer')
    if (status !== 200 && status !== 404)
      throw new Error(json.get('message').optionalString() ?? `It answered ${status}`)
    return { status, json }
  }
  const text = (json: Json, name: string): string => json.get(name).string()
  return {
    async create(name, role) {
      const { json } = await ask('POST', '', { name, role })
      return { accessKeyId: text(json, 'accessKeyId'), secretAccessKey: text(json, 'secretAccessKey') }
    },
    async list() {
      const { json } = await ask('GET', '')
      const keys = json.get('keys').list()
      return keys.map((key) => ({
        accessKeyId: text(key, 'accessKeyId'),
        name: text(key, 'name'),
        role: text(key, 'role'),
        created: text(key, 'created'),
      }))
    },
    revoke: async (accessKeyId) => (await ask('POST', '/revoke', { accessKeyId })).status === 200,
  }
}
