// How many table calls an alarm costs: a new incident with one page, the same event again, the same alarm again.
import { measured } from './system.ts'

export async function* tableCallFigures(): AsyncGenerator<string> {
  const bench = await measured()
  const { system, takeCalls, alarm } = bench
  // One record as the queue would deliver it, so that the same event id can come again.
  const deliver = (id: string, at: Date): Promise<void> => bench.invoke('open-incident', { Records: [record(id, at)] })
  try {
    await alarm('warm-up', 'ALARM', new Date())
    await system.idle()
    takeCalls()
    const at = new Date()
    await deliver('event-1', at)
    const fresh = takeCalls()
    const paged = fresh.indexOf('Incidents put page') + 1
    yield `Table calls, a new incident with one page: ${paged} before the page leaves (at most 12), ${fresh.length} in all (at most 22)`
    for (const [index, call] of fresh.entries())
      yield `  ${String(index + 1).padStart(2)} ${call}${index + 1 === paged ? '   <- the page leaves' : ''}`
    await deliver('event-1', at)
    const same = takeCalls()
    yield `Table calls, the same event id again: ${same.length} (at most 2): ${same.join(', ')}`
    await deliver('event-2', new Date(at.getTime() + 1000))
    const again = takeCalls()
    yield `Table calls, the same alarm with another id: ${again.length} (at most 8)`
    for (const [index, call] of again.entries()) yield `  ${String(index + 1).padStart(2)} ${call}`
  } finally {
    await bench.close()
  }
}

const record = (id: string, at: Date) => ({
  messageId: id,
  body: JSON.stringify({
    id,
    source: 'aws.cloudwatch',
    'detail-type': 'CloudWatch Alarm State Change',
    account: '111122223333',
    region: 'us-east-1',
    time: at.toISOString(),
    resources: ['arn:aws:cloudwatch:us-east-1:111122223333:alarm:bench'],
    detail: {
      alarmName: 'bench',
      state: { value: 'ALARM', reason: 'Threshold Crossed', timestamp: at.toISOString() },
      configuration: { metrics: [] },
    },
  }),
})
