// What ended in a dead-letter queue although nothing is wrong with it (a table or an API was away) goes back to its queue.
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'

/** A dead-letter queue, the queue that it belongs to (both by URL), and whether a message can be read at all. */
export interface Redrivable {
  readonly deadLetters: string
  readonly queue: string
  readonly isReadable: (body: string) => boolean
}

/** A message that has come back so often does not fail for a passing reason. */
const MOST_REDRIVES = 20
const MARK = 'tocsin-redrives'
/** How many batches of ten one look takes from one queue. */
const BATCHES = 50
/** What is looked at is nobody else's for so long; then it is back where it was. */
const VISIBILITY_SECONDS = 120

/** Answers how many went back. A message is sent before it is deleted: a crash between makes it two, which are one event. */
export async function redriveReadable(sqs: SQSClient, { deadLetters, queue, isReadable }: Redrivable): Promise<number> {
  let count = 0
  for (let batch = 0; batch < BATCHES; batch++) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: deadLetters,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: VISIBILITY_SECONDS,
        MessageAttributeNames: [MARK],
      }),
    )
    if (!Messages.length) break
    for (const message of Messages) {
      const { Body: MessageBody = '', ReceiptHandle } = message
      const redrives = redrivesOf(message)
      if (redrives >= MOST_REDRIVES || !isReadable(MessageBody)) continue
      const MessageAttributes = { [MARK]: { DataType: 'Number', StringValue: String(redrives + 1) } }
      await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody, MessageAttributes }))
      await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetters, ReceiptHandle }))
      count++
    }
  }
  return count
}

const redrivesOf = ({ MessageAttributes }: Message): number => Number(MessageAttributes?.[MARK]?.StringValue ?? 0) || 0
