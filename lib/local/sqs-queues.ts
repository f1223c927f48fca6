// The queues of the template as SQS knows them: by name and URL, with their attributes, and refused in SQS's words.
import { Refused } from './aws-wire.ts'
import type { Json } from './json.ts'
import type { Queues } from './queues.ts'
import type { QueueSpec, Wiring } from './template.ts'

export interface Sqs {
  readonly queues: Queues
  readonly wiring: Wiring
  readonly url: string
}

/** A refusal whose code of old begins with the service's name. */
export const ofOld = (name: string, message: string, code = name): Refused =>
  new Refused(name, message, 400, `AWS.SimpleQueueService.${code}`)

export const invalid = (message: string): Refused =>
  new Refused('InvalidParameterValueException', message, 400, 'InvalidParameterValue')

export const nameOf = ({ arn }: QueueSpec): string => arn.slice(arn.lastIndexOf(':') + 1)

export const urlOf = (queue: QueueSpec, { url }: Sqs): string => `${url}/${queue.arn.split(':')[4]}/${nameOf(queue)}`

export function named(name: string, { wiring }: Sqs): QueueSpec {
  const queue = wiring.queues.find((one) => nameOf(one) === name)
  if (!queue) throw ofOld('QueueDoesNotExist', 'The specified queue does not exist.', 'NonExistentQueue')
  return queue
}

/** The queue of a URL: its account and name count, whatever this machine is called. */
export function queueOf(input: Json, it: Sqs): QueueSpec {
  const [account, name = ''] = input.get('QueueUrl').string().split('/').slice(-2)
  const queue = named(name, it)
  return account === queue.arn.split(':')[4] ? queue : named('', it)
}

export const texts = (input: Json, name: string): string[] =>
  input
    .get(name)
    .list()
    .map((item) => item.string())

/** The attributes of these names; undefined when there is none. */
export function chosen(names: readonly string[], all: Readonly<Record<string, string>>): object | undefined {
  const found = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name))
  return found.length === 0 ? undefined : Object.fromEntries(found)
}

export function getQueueAttributes(input: Json, it: Sqs): object {
  const queue = queueOf(input, it)
  const { visible, notVisible, delayed } = it.queues.count(queue.arn)
  const { redrive } = queue
  const all = {
    QueueArn: queue.arn,
    VisibilityTimeout: String(queue.visibilitySeconds),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(notVisible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    ...(redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: redrive.deadLetterArn,
        maxReceiveCount: redrive.maxReceiveCount,
      }),
    }),
  }
  const Attributes = chosen(texts(input, 'AttributeNames'), all)
  return Attributes ? { Attributes } : {}
}

/** A page of the URLs of the queues that are wanted, by name; a token is the name after which it goes on. */
export function urls(list: string, input: Json, it: Sqs, wanted: (queue: QueueSpec) => boolean): object {
  const after = input.get('NextToken').optionalString() ?? ''
  const limit = input.get('MaxResults').optionalNumber() ?? 1000
  const found = it.wiring.queues
    .filter((queue) => wanted(queue) && nameOf(queue) > after)
    .toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  const last = found.length > limit ? found[limit - 1] : undefined
  return { [list]: found.slice(0, limit).map((queue) => urlOf(queue, it)), NextToken: last && nameOf(last) }
}
