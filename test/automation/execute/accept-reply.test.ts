import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { SSMContactsClient } from '@aws-sdk/client-ssm-contacts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acceptReply } from '../../../lib/automation/execute/accept-reply.ts'
import type { Reply } from '../../../lib/automation/sources/signal.ts'

const arn = (resource: string): string => `arn:aws:ssm-contacts:us-east-1:111122223333:${resource}`

interface PageState {
  readonly code: string
  readonly sent: number
  read?: number
}

/** As much of the contacts API as a reply meets, one entry per list page. */
class Contacts {
  readonly channels: Record<string, { Type: string; DeliveryAddress: { SimpleAddress: string } }[]> = {
    alice: [
      { Type: 'EMAIL', DeliveryAddress: { SimpleAddress: 'Alice@Example.com' } },
      { Type: 'SMS', DeliveryAddress: { SimpleAddress: '+12065550101' } },
    ],
    bob: [{ Type: 'VOICE', DeliveryAddress: { SimpleAddress: '+12065550101' } }],
  }
  readonly pages: Record<string, PageState> = {
    'page/alice/1': { code: '111111', sent: 100, read: 150 },
    'page/alice/2': { code: '222222', sent: 200 },
    'page/alice/3': { code: '333333', sent: 300 },
    'page/bob/4': { code: '444444', sent: 400 },
  }
  readonly calls: string[] = []
  failure: string | undefined

  answer(
    operation: string,
    input: { ContactId?: string; PageId?: string; AcceptCode?: string; NextToken?: string },
  ): object {
    this.calls.push(operation === 'AcceptPage' ? `AcceptPage ${input.PageId?.split(':').at(-1)}` : operation)
    if (this.failure !== undefined) return { __type: this.failure, Message: 'no' }
    const alias = input.ContactId?.split('/').at(-1) ?? ''
    const one = (name: string, all: object[]): object => {
      const index = Number(input.NextToken ?? 0)
      return {
        [name]: all.slice(index, index + 1),
        ...(index + 1 < all.length ? { NextToken: String(index + 1) } : {}),
      }
    }
    switch (operation) {
      case 'ListContacts':
        return one(
          'Contacts',
          ['bob', 'alice'].map((Alias) => ({ ContactArn: arn(`contact/${Alias}`), Alias, Type: 'PERSONAL' })),
        )
      case 'ListContactChannels':
        return one('ContactChannels', this.channels[alias] ?? [])
      case 'ListPagesByContact':
        return one(
          'Pages',
          Object.entries(this.pages)
            .filter(([id]) => id.startsWith(`page/${alias}/`))
            .map(([id, { sent, read }]) => ({ PageArn: arn(id), SentTime: sent, ...(read ? { ReadTime: read } : {}) })),
        )
      default: {
        const page = this.pages[input.PageId?.split(':').at(-1) ?? '']
        if (!page) return { __type: 'ResourceNotFoundException', Message: 'gone', ResourceId: '', ResourceType: 'PAGE' }
        if (page.code !== input.AcceptCode)
          return { __type: 'ValidationException', Message: 'wrong code', Reason: 'OTHER' }
        page.read = 500
        return {}
      }
    }
  }
}

let server: Server
let client: SSMContactsClient
let contacts: Contacts

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
  const body = contacts.answer(target, JSON.parse(await text(request)))
  response.statusCode = '__type' in body ? 400 : 200
  response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(body))
}

beforeEach(async () => {
  contacts = new Contacts()
  server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  client = new SSMContactsClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
})
afterEach(() => {
  client.destroy()
  server.close()
})

const sms = (code: string, from = '+12065550101'): Reply => ({ channelType: 'SMS', from, code, identity: 'sms/1' })
const email = (code: string, page?: string): Reply => ({
  channelType: 'EMAIL',
  from: 'alice@example.com',
  code,
  identity: 'email/1',
  ...(page ? { pageArn: arn(page) } : {}),
})
const tried = (): string[] => contacts.calls.filter((call) => call.startsWith('AcceptPage'))

describe('a reply to a page', () => {
  it('accepts the page that it names, without looking for it', async () => {
    expect(await acceptReply(client, email('222222', 'page/alice/2'))).toEqual({
      accepted: true,
      pageArn: arn('page/alice/2'),
    })
    expect(contacts.calls).toEqual(['AcceptPage page/alice/2'])
    expect(contacts.pages['page/alice/2']?.read).toBe(500)
  })

  it('accepts the page that it names from whatever address, as people answer from aliases and shared mailboxes', async () => {
    for (const from of ['alice+phone@example.com', 'team@example.com', '+12065550101'])
      expect(await acceptReply(client, { ...email('222222', 'page/alice/2'), from })).toMatchObject({ accepted: true })
    expect(await acceptReply(client, { ...email('333333', 'page/alice/2'), from: 'team@example.com' })).toMatchObject({
      accepted: false,
    })
  })

  it('accepts the open page of its address that has its code, the newest first', async () => {
    expect(await acceptReply(client, sms('222222'))).toEqual({ accepted: true, pageArn: arn('page/alice/2') })
    expect(tried()).toEqual(['AcceptPage page/alice/3', 'AcceptPage page/alice/2'])
  })

  it('by e-mail is found by its address whatever its case', async () => {
    expect(await acceptReply(client, email('333333'))).toEqual({ accepted: true, pageArn: arn('page/alice/3') })
  })

  it.each([
    ['with a wrong code', sms('999999'), 'no open page of who sent it has this code'],
    ['with the code of somebody else', sms('444444'), 'no open page of who sent it has this code'],
    ['with the code of a page that was read', sms('111111'), 'no open page of who sent it has this code'],
    ['from an address that nobody has', sms('222222', '+19995550100'), 'no contact has a channel with the address'],
    ['to a page that is gone', email('222222', 'page/alice/9'), 'the page that the subject names is gone'],
    ['to a page with another code', email('111112', 'page/alice/2'), 'or has another code'],
  ])('%s is refused, with a reason that holds neither code nor address', async (_, reply, reason) => {
    const outcome = await acceptReply(client, reply)
    expect(outcome).toEqual({ accepted: false, reason: expect.stringContaining(reason) })
    expect(JSON.stringify(outcome)).not.toContain(reply.code)
    expect(JSON.stringify(outcome)).not.toContain(reply.from)
  })

  it('to nothing that is open is refused', async () => {
    for (const page of Object.values(contacts.pages)) page.read = 1
    expect(await acceptReply(client, sms('222222'))).toEqual({
      accepted: false,
      reason: 'nothing is open for who sent it',
    })
    expect(tried()).toEqual([])
  })

  it.each(['ThrottlingException', 'InternalServerException', 'AccessDeniedException'])(
    'fails, to be tried again, on %s',
    async (failure) => {
      contacts.failure = failure
      await expect(acceptReply(client, sms('222222'))).rejects.toHaveProperty('name', failure)
      await expect(acceptReply(client, email('222222', 'page/alice/2'))).rejects.toHaveProperty('name', failure)
    },
  )
})
