// STS and CloudWatch of other accounts and Regions in miniature: who signs is checked, and each knows which alarms it has.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { verifySignature } from '../lib/incident-manager/protocol/signature.ts'
import { AUTOMATION } from '../lib/incident-manager/store/access-keys.ts'
import { parseJson } from '../lib/local/json.ts'

export const KEY = { id: 'ASIAROLE', secret: 'secret of the role' }
/** Whose signature STS takes: a function's own key, and that of the functions of one machine. */
const KEYS: Readonly<Record<string, string>> = { [KEY.id]: KEY.secret, [AUTOMATION]: 'local' }

interface Answer {
  readonly status: number
  readonly text: string
}

export interface ElsewhereAlarm {
  readonly state: 'OK' | 'ALARM'
  readonly at: Date
  readonly disabled: boolean
}

export class Elsewhere {
  readonly url: string
  readonly close: () => Promise<void>
  /** What was asked: `AssumeRole <role>`, or `<signer> <Region>: <alarms>`. */
  readonly asked: string[] = []
  /** By `<Region> <name>`, in whatever account. */
  readonly alarms = new Map<string, ElsewhereAlarm>()
  goodForMinutes = 60
  /** What STS answers instead of credentials. */
  refusal: { readonly status: number; readonly message: string } | undefined
  failsOnce = false
  /** Whether roles may ask. */
  describes = true

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url
    this.close = close
  }

  static async start(): Promise<Elsewhere> {
    const server = createServer((request, response) => void elsewhere.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const elsewhere = new Elsewhere(`http://127.0.0.1:${port}`, () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    })
    return elsewhere
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const isSts = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    const { status, text } = isSts ? await this.#assumeRole(request, body) : this.#describeAlarms(request, body)
    response.writeHead(status, { 'content-type': isSts ? 'text/xml' : 'application/x-amz-json-1.0' }).end(text)
  }

  /** As STS answers in the query protocol ("AssumeRole", STS API reference). */
  async #assumeRole({ headers, method = '' }: IncomingMessage, body: Buffer): Promise<Answer> {
    const request = { method, path: '/', query: '', headers: { ...headers, 'set-cookie': undefined }, body }
    const secretOf = async (id: string): Promise<string | undefined> => KEYS[id]
    const expected = { service: 'sts', region: 'us-east-1', now: new Date(), secretOf }
    const signer = await verifySignature(request, expected).catch(String)
    const form = new URLSearchParams(body.toString())
    this.asked.push(`${form.get('Action')} ${form.get('RoleArn')}`)
    if (!KEYS[signer] || form.get('Version') !== '2011-06-15') return refused(403, signer)
    if (this.failsOnce) {
      this.failsOnce = false
      return refused(503, 'busy')
    }
    if (this.refusal) return refused(this.refusal.status, this.refusal.message)
    const account = form.get('RoleArn')?.split(':')[4]
    const expires = new Date(Date.now() + this.goodForMinutes * 60_000).toISOString()
    return {
      status: 200,
      text: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser><AssumedRoleId>AROA:tocsin</AssumedRoleId><Arn>arn:aws:sts::${account}:assumed-role/tocsin-read/tocsin</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIA${account}</AccessKeyId>
      <SecretAccessKey>a+secret/of=${account}</SecretAccessKey>
      <SessionToken>a/token+of=${account}==</SessionToken>
      <Expiration>${expires}</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</AssumeRoleResponse>`,
    }
  }

  /** Where credentials are of a role, its token must be with them. */
  #describeAlarms({ headers }: IncomingMessage, body: Buffer): Answer {
    const [, id = '', region = ''] =
      /Credential=(\w+)\/\d+\/([\w-]+)\/monitoring/.exec(headers.authorization ?? '') ?? []
    const named = parseJson(body.toString(), 'body').get('AlarmNames')
    const names = named.present ? named.list().map((name) => name.string()) : []
    if (named.present) this.asked.push(`${id} ${region}: ${names.join(' ')}`)
    const isToken = KEYS[id] !== undefined || headers['x-amz-security-token'] === `a/token+of=${id.slice(4)}==`
    if (!this.describes || !isToken)
      return { status: 403, text: JSON.stringify({ __type: 'AccessDenied', message: 'not authorized' }) }
    const MetricAlarms = names.flatMap((AlarmName) => {
      const alarm = this.alarms.get(`${region} ${AlarmName}`)
      if (!alarm) return []
      const { state: StateValue, at, disabled } = alarm
      const StateTransitionedTimestamp = at.getTime() / 1000
      return [
        { AlarmName, StateValue, StateReason: `in ${region}`, StateTransitionedTimestamp, ActionsEnabled: !disabled },
      ]
    })
    return { status: 200, text: JSON.stringify({ MetricAlarms }) }
  }
}

const refused = (status: number, message: string): Answer => ({
  status,
  text: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
})
