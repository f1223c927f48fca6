// What a page of fifty costs, whatever the table holds: table calls, items read and time, with few entries and with many.
import {
  CreateRotationCommand,
  CreateRotationOverrideCommand,
  ListContactsCommand,
  ListEngagementsCommand,
  ListPagesByContactCommand,
  ListPagesByEngagementCommand,
  ListRotationOverridesCommand,
  ListRotationsCommand,
  StartEngagementCommand,
} from '@aws-sdk/client-ssm-contacts'
import {
  CreateResponsePlanCommand,
  ListIncidentRecordsCommand,
  ListResponsePlansCommand,
  ListTimelineEventsCommand,
  StartIncidentCommand,
} from '@aws-sdk/client-ssm-incidents'
import type { LocalMessage } from '../../lib/aws/runtime.ts'
import type { Item, Table } from '../../lib/aws/table/table.ts'
import { newOnCall } from './contact-calls.ts'
import { newReplicationSet } from './incident-calls.ts'
import { type Clients, clientsOf } from './prepared.ts'
import { measured, median } from './system.ts'

const FEW = 100
const INCIDENTS = 100_000
const OTHERS = 10_000
/** AWS's most of one incident. */
const EVENTS = 1000
const PAGE = 50
const WARM_UP = 60
const ROUNDS = 41
const TOGETHER = 1000
const DAY_MS = 24 * 60 * 60 * 1000

interface List {
  readonly name: string
  readonly many: number
  readonly call: () => Promise<{ readonly nextToken?: string | undefined; readonly NextToken?: string | undefined }>
}

export async function* listFigures(): AsyncGenerator<string> {
  const seen = watcher()
  const options = { clock: 'simulated', seed: false, data: ':memory:', watch: { table: seen.watch } } as const
  const bench = await measured(undefined, options)
  const clients = clientsOf(bench.system.url)
  try {
    const { lists, filtered } = await listsOf(clients, () => bench.system.messages())
    for (const { name, many, call } of lists) {
      await call()
      const copy = seen.copier()
      await copy(FEW)
      const few = await cost(seen, call)
      await copy(many - FEW)
      yield `Page of ${PAGE} by ${name}: of ${FEW} ${few}; of ${many.toLocaleString('en')} ${await cost(seen, call)} (one query, whatever the table holds)`
    }
    for (const { name, many, call } of filtered) {
      const { nextToken, NextToken } = await call()
      const end = (nextToken ?? NextToken) === undefined ? 'no token' : 'a token to go on'
      yield `Page of ${PAGE} by ${name}, of ${many.toLocaleString('en')} none matches: ${await cost(seen, call)}, answered with ${end} (at most ${10 * PAGE} items)`
    }
  } finally {
    clients.incidents.destroy()
    clients.contacts.destroy()
    await bench.close()
  }
}

/** Of one page, through the official client. */
async function cost(seen: Watcher, call: List['call']): Promise<string> {
  const took: number[] = []
  let calls = ''
  for (let round = 0; round < WARM_UP; round++) await call()
  for (let round = 0; round < ROUNDS; round++) {
    seen.take()
    const start = performance.now()
    await call()
    took.push(performance.now() - start)
    calls = seen.take()
  }
  return `${calls}, ${median(took).toFixed(1)} ms`
}

interface Watcher {
  readonly watch: (name: string, table: Table) => Table
  /** What has been called since the last time. */
  readonly take: () => string
  /** Puts copies of the last item that a list has read straight into its table, that many more each time. */
  readonly copier: () => (count: number) => Promise<void>
}

function watcher(): Watcher {
  let [gets, queries, read] = [0, 0, 0]
  let last: { readonly table: Table; readonly item: Item } | undefined
  return {
    watch: (_name, table) => ({
      ...table,
      get: (key) => (gets++, table.get(key)),
      async query(query) {
        queries++
        const page = await table.query(query)
        read += page.items.length
        const item = page.items.at(-1)
        if (item) last = { table, item }
        return page
      },
    }),
    take() {
      const taken = `${queries} ${queries === 1 ? 'query' : 'queries'}${gets ? ` and ${gets} get` : ''}, ${read} items`
      gets = queries = read = 0
      return taken
    },
    copier() {
      if (!last) throw new Error('Nothing was listed')
      const { table, item } = last
      let made = 0
      return async (count) => {
        for (let left = count; left > 0; left -= TOGETHER) {
          const some = Array.from({ length: Math.min(TOGETHER, left) }, () => copyOf(item, ++made))
          await Promise.all(some.map((one) => table.put(one)))
        }
      }
    },
  }
}

/** Another id, wherever the item says its own. Ids are at least twelve characters, of which the last are counted. */
function copyOf(item: Item, number: number): Item {
  const [id = ''] = /[^#]+$/u.exec(item.sk.includes('#') ? item.sk : item.pk) ?? []
  const other = id.slice(0, -12) + String(number).padStart(12, '0')
  return JSON.parse(JSON.stringify(item).replaceAll(id, other))
}

async function listsOf(
  clients: Clients,
  messages: () => Promise<LocalMessage[]>,
): Promise<{ lists: List[]; filtered: List[] }> {
  const { incidents, contacts } = clients
  await newReplicationSet(clients)
  const plan = { name: 'plan-000000000000', incidentTemplate: { title: 'Disk full', impact: 3 } }
  const { arn: responsePlanArn } = await incidents.send(new CreateResponsePlanCommand(plan))
  const { incidentRecordArn } = await incidents.send(new StartIncidentCommand({ responsePlanArn }))
  const ContactId = await newOnCall(contacts, messages)
  const words = { ContactId, Sender: 'storage', Subject: 'Disk full', Content: 'Make room.' }
  const { EngagementArn: EngagementId } = await contacts.send(
    new StartEngagementCommand({ ...words, IncidentId: incidentRecordArn }),
  )
  const start = new Date(Date.now() + DAY_MS)
  const span = { StartTime: start, EndTime: new Date(start.getTime() + DAY_MS) }
  const DailySettings = [{ HourOfDay: 9, MinuteOfHour: 0 }]
  const { RotationArn: RotationId } = await contacts.send(
    new CreateRotationCommand({
      Name: 'nights',
      ContactIds: [ContactId],
      StartTime: start,
      TimeZoneId: 'UTC',
      Recurrence: { NumberOfOnCalls: 1, RecurrenceMultiplier: 1, DailySettings },
    }),
  )
  await contacts.send(new CreateRotationOverrideCommand({ RotationId, NewContactIds: [ContactId], ...span }))
  const none = (key: string) => ({
    maxResults: PAGE,
    filters: [{ key, condition: { equals: { stringValues: ['none'] } } }],
  })
  const small = { maxResults: PAGE }
  const large = { MaxResults: PAGE }
  const many = OTHERS
  return {
    lists: [
      {
        name: 'ListIncidentRecords',
        many: INCIDENTS,
        call: () => incidents.send(new ListIncidentRecordsCommand(small)),
      },
      {
        name: 'ListTimelineEvents',
        many: EVENTS,
        call: () => incidents.send(new ListTimelineEventsCommand({ incidentRecordArn, ...small })),
      },
      { name: 'ListResponsePlans', many, call: () => incidents.send(new ListResponsePlansCommand(small)) },
      { name: 'ListEngagements', many, call: () => contacts.send(new ListEngagementsCommand(large)) },
      {
        name: 'ListEngagements of an incident',
        many,
        call: () => contacts.send(new ListEngagementsCommand({ IncidentId: incidentRecordArn, ...large })),
      },
      {
        name: 'ListPagesByEngagement',
        many,
        call: () => contacts.send(new ListPagesByEngagementCommand({ EngagementId, ...large })),
      },
      {
        name: 'ListPagesByContact',
        many,
        call: () => contacts.send(new ListPagesByContactCommand({ ContactId, ...large })),
      },
      { name: 'ListContacts', many, call: () => contacts.send(new ListContactsCommand(large)) },
      { name: 'ListRotations', many, call: () => contacts.send(new ListRotationsCommand(large)) },
      {
        name: 'ListRotationOverrides',
        many,
        call: () => contacts.send(new ListRotationOverridesCommand({ RotationId, ...span, ...large })),
      },
    ],
    filtered: [
      {
        name: 'ListIncidentRecords, filtered',
        many: INCIDENTS,
        call: () => incidents.send(new ListIncidentRecordsCommand(none('createdBy'))),
      },
      {
        name: 'ListTimelineEvents, filtered',
        many: EVENTS,
        call: () => incidents.send(new ListTimelineEventsCommand({ incidentRecordArn, ...none('eventType') })),
      },
      {
        name: 'ListContacts, filtered',
        many,
        call: () => contacts.send(new ListContactsCommand({ Type: 'ESCALATION', ...large })),
      },
    ],
  }
}
