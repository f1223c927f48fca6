// A story of paging in which one table call after the other fails, before it took effect or after: it ends the same.
import { expect, test } from 'vitest'
import { listPageReceipts } from '../../../lib/incident-manager/operations/contacts/list-page-receipts.ts'
import { listPagesByEngagement } from '../../../lib/incident-manager/operations/contacts/list-pages-by-engagement.ts'
import { runDue } from '../../../lib/incident-manager/run-due.ts'
import { DUE_SHARDS } from '../../../lib/aws/table/due.ts'
import {
  accept,
  type Desk,
  escalation,
  INCIDENT,
  openDesk,
  openIncident,
  person,
  start,
  timeline,
  watched,
} from './desk.ts'

interface Fault {
  readonly call: number
  readonly when: 'before' | 'after'
}

/** The desk with a table that fails once; `calls` counts what was asked of it. */
function failing(desk: Desk, fault?: Fault): { desk: Desk; calls: () => number } {
  let calls = 0
  const { context } = desk
  const broken = (when: Fault['when']) => () => {
    if (when === 'before') calls++
    if (fault?.call === calls && fault.when === when) throw new Error('The table is away')
  }
  const table = watched(context.table, broken('before'), broken('after'))
  return { desk: { ...desk, context: { ...context, table } }, calls: () => calls }
}

/** A client asks again when it had no answer. */
async function insistently<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    return work()
  }
}

interface End {
  readonly messages: string[]
  readonly receipts: (readonly [who: string | undefined, types: ReadonlySet<string | undefined>])[]
  readonly timeline: string[]
  readonly due: unknown[]
}

async function story(fault?: Fault, refuses = ''): Promise<{ end: End; calls: number }> {
  const whole = await openDesk()
  await openIncident(whole)
  const ann = await person(whole, 'ann')
  whole.carrier = ({ contactArn }) =>
    contactArn.endsWith(refuses) && refuses ? { sent: false, retry: false, reason: 'refused' } : { sent: true }
  const bob = await person(whole, 'bob')
  const duty = await escalation(whole, 'duty', [ann, { ...bob, essential: true }, ann])
  const { desk, calls } = failing(whole, fault)
  const more = { IncidentId: INCIDENT, IdempotencyToken: 'one' }
  const EngagementId = await insistently(() => start(desk, duty, more))
  const sweeps = async (count: number): Promise<void> => {
    for (let sweep = 0; sweep < count; sweep++) {
      desk.advance(1)
      await runDue(desk.context).catch(() => undefined)
    }
  }
  await sweeps(8)
  const page = desk.messages.find(({ contactArn }) => contactArn === bob.arn)
  await insistently(() => accept(desk, page))
  await sweeps(10)
  const { Pages = [] } = await listPagesByEngagement({ EngagementId }, whole.context)
  const receipts = await Promise.all(
    Pages.map(async ({ PageArn: PageId, ContactArn }) => {
      const { Receipts = [] } = await listPageReceipts({ PageId }, whole.context)
      return [ContactArn, new Set(Receipts.map(({ ReceiptType }) => ReceiptType))] as const
    }),
  )
  const due = await Promise.all(DUE_SHARDS.map((partition) => whole.context.table.query({ index: 'due', partition })))
  const end = {
    messages: desk.messages.map(({ key }) => key),
    receipts,
    timeline: await timeline(whole),
    due: due.flatMap(({ items }) => items),
  }
  return { end, calls: calls() }
}

test('Whichever call fails, a page that is given up is given up once on record, and the next contact is told at once', async () => {
  const undisturbed = await story(undefined, 'ann')
  expect(undisturbed.end).toMatchObject({
    timeline: expect.arrayContaining(['SSM Contacts Page Failure for Incident', 'SSM Contacts Page for Incident']),
    due: [],
  })
  for (let call = 1; call <= undisturbed.calls; call++)
    for (const when of ['before', 'after'] as const) {
      const { end } = await story({ call, when }, 'ann')
      expect(sorted(end), `call ${call} failed ${when} it took effect`).toEqual(sorted(undisturbed.end))
    }
})

/** What happens in one instant has no order. */
const sorted = ({ receipts, timeline: events, ...rest }: End): unknown => ({
  ...rest,
  timeline: events.toSorted(),
  receipts: receipts
    .map(
      ([who, types]) =>
        `${who} ${['SENT', 'ERROR', 'DELIVERED', 'READ', 'STOP'].filter((type) => types.has(type)).join(' ')}`,
    )
    .toSorted(),
})

test('Whichever call fails, the same people are told once, the same is on record, and nothing stays owed', async () => {
  const undisturbed = await story()
  expect(undisturbed.end).toMatchObject({
    timeline: [
      'SSM Contacts Page for Incident',
      'SSM Contacts Page for Incident',
      'SSM Contacts Page Acknowledgement for Incident',
    ],
    due: [],
  })
  for (let call = 1; call <= undisturbed.calls; call++)
    for (const when of ['before', 'after'] as const) {
      const { end } = await story({ call, when })
      expect(end, `call ${call} failed ${when} it took effect`).toEqual(undisturbed.end)
    }
  expect(undisturbed.calls).toBeGreaterThan(50)
})
