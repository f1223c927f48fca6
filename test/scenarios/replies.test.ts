// Replies by e-mail, as SES hands them to the reply topic: a person's ends the paging, a machine's ends nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LocalMessage } from '../../lib/aws/runtime.ts'
import { Rehearsal } from './rehearsal.ts'

describe.each(['sqlite', 'dynamodb'] as const)('on %s', (engine) => {
  let on: Rehearsal
  let page: LocalMessage | undefined
  beforeEach(async () => {
    on = await Rehearsal.start(engine)
    await on.alarm({ name: 'pay-errors', state: 'ALARM' })
    await on.minutes(4)
    page = (await on.pages()).find(({ type }) => type === 'EMAIL')
  })
  afterEach(() => on.close())

  let count = 0
  async function mail(headers: readonly (readonly [string, string])[], body: string): Promise<number> {
    const [messageId, subject] = [`mail-${count++}`, `Re: ${page?.subject}`]
    await on.publish('replies', {
      notificationType: 'Received',
      mail: {
        messageId,
        source: page?.address,
        headers: headers.map(([name, value]) => ({ name, value })),
        commonHeaders: { from: [page?.address], subject },
      },
      content: [...headers.map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n'),
    })
    const pages = await on.pagesOf((await on.incident()).arn)
    return pages.filter(({ ReadTime }) => ReadTime).length
  }

  it('a machine acknowledges nothing, and the next stage is paged all the same', async () => {
    const echo = `We received:\r\n\r\n${page?.body}`
    expect(page?.body).toContain(page?.code)
    expect(
      await mail(
        [
          ['X-Autoreply', 'yes'],
          ['Precedence', 'auto_reply'],
        ],
        echo,
      ),
    ).toBe(0)
    expect(await mail([['X-Auto-Response-Suppress', 'All']], echo)).toBe(0)
    expect(await mail([['Return-Path', '<>']], echo)).toBe(0)
    expect(await mail([['Return-Path', '<>']], `${page?.code}`)).toBe(0)
    expect(await mail([], echo)).toBe(0)
    await on.minutes(2)
    expect((await on.pages()).map(({ contactArn }) => contactArn?.split('/').at(-1))).toContain('secondary')
    expect(await on.system.failures()).toEqual([])
  })

  it('a person who writes the code above it does', async () => {
    expect(await mail([], `${page?.code} on it\r\n\r\n${page?.body}`)).toBe(1)
    await on.minutes(10)
    expect((await on.pages()).map(({ contactArn }) => contactArn?.split('/').at(-1))).not.toContain('secondary')
  })
})
