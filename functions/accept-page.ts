// What people answer by SMS and e-mail accepts their pages.
import type { SQSEvent } from 'aws-lambda'
import { acceptReply } from '../lib/automation/execute/accept-reply.ts'
import { parseReply } from '../lib/automation/sources/reply.ts'
import { contactsClient } from '../lib/aws/clients/contacts.ts'
import { required } from '../lib/aws/config.ts'
import { lambdaHandler } from '../lib/aws/lambda-handler.ts'
import { recordProcessor } from '../lib/aws/records.ts'

export const handler = lambdaHandler(
  'accept-page',
  (runtime, logger, measure) => {
    const { environment, onRecordFailed: failed } = runtime
    const contacts = contactsClient(runtime)
    const persistence = runtime.idempotency(required(environment, 'TOCSIN_IDEMPOTENCY_TABLE'))
    return recordProcessor({
      keyPrefix: 'accept-page',
      persistence,
      logger,
      measure,
      failed,
      parse: parseReply,
      identity: ({ identity }) => identity,
      async process(reply) {
        const { identity, channelType } = reply
        if (reply.code === undefined) return logger.warn('A reply holds no code', { identity, channelType })
        // Neither the address nor the code is logged.
        const outcome = await acceptReply(contacts, reply)
        if (outcome.accepted) logger.info('A page was accepted', { identity, channelType, page: outcome.pageArn })
        else logger.warn('A reply was refused', { identity, channelType, reason: outcome.reason })
      },
    })
  },
  (event: SQSEvent, records, context) => records(event.Records, context),
)
