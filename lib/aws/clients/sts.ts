// Takes over a role of another account, by STS's AssumeRole: with the client of STS open-incident would be a twelfth larger.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { region } from '../config.ts'
import type { Runtime } from '../runtime.ts'
import { clientSettings } from './settings.ts'

/** STS has refused the role, or could not be asked. */
export class RoleRefused extends Error {
  override readonly name = 'RoleRefused'
}

interface RoleCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

const VERSION = '2011-06-15'
const SESSION = 'tocsin'
const LONGEST_MS = 3000

/** Answers the credentials of a role by its ARN. They are good for an hour; who asks keeps them. */
export function roleTaker(runtime: Pick<Runtime, 'environment' | 'onCall'>): (arn: string) => Promise<RoleCredentials> {
  const settings = clientSettings(runtime, 'STS')
  // Any client of the SDK signs for any service; one that also asks its own would mix up the two.
  const { config } = new CloudWatchClient(settings)
  const here = region(runtime.environment)
  const endpoint = settings.endpoint ? new URL(settings.endpoint) : config.endpointProvider({ Region: here }).url
  const url = new URL('/', endpoint.href.replace('//monitoring.', '//sts.'))

  async function answerTo(body: string): Promise<{ readonly ok: boolean; readonly text: string }> {
    const signer = await config.signer({
      name: 'sigv4',
      signingName: 'sts',
      signingRegion: here,
      properties: {},
    })
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      query: {},
      headers: { host: url.host, 'content-type': 'application/x-www-form-urlencoded' },
      body,
    })
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(LONGEST_MS) })
    if (response.status >= 500) throw new Error(`STS answered ${response.status}`)
    return { ok: response.ok, text: await response.text() }
  }

  async function take(arn: string): Promise<RoleCredentials> {
    const asked = { Action: 'AssumeRole', Version: VERSION, RoleArn: arn, RoleSessionName: SESSION }
    const ask = () => answerTo(new URLSearchParams(asked).toString())
    try {
      // What passes by itself is tried again once.
      const { ok, text } = await ask().catch(ask)
      if (!ok) throw new Error(memberOf(text, 'Message'))
      return {
        accessKeyId: memberOf(text, 'AccessKeyId'),
        secretAccessKey: memberOf(text, 'SecretAccessKey'),
        sessionToken: memberOf(text, 'SessionToken'),
        expiration: new Date(memberOf(text, 'Expiration')),
      }
    } catch (cause) {
      throw new RoleRefused(`${arn}: ${cause instanceof Error ? cause.message : 'unknown'}`, { cause })
    }
  }
  return (arn) => (runtime.onCall ? runtime.onCall('AssumeRoleCommand', () => take(arn)) : take(arn))
}

/** The text of the one element of this name: no answer of AssumeRole has two. */
function memberOf(xml: string, name: string): string {
  const [, value] = new RegExp(`<${name}>([^<]+)</${name}>`, 'u').exec(xml) ?? []
  if (value === undefined) throw new Error(`STS has answered without ${name}`)
  return value
}
