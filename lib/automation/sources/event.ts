// An EventBridge event: its envelope checked, and what it says.
import { alarmSignal, parseAlarmArn } from './alarm-event.ts'
import { Fields, type Json } from './fields.ts'
import { healthEvent } from './health-event.ts'
import type { Receipt } from './receipt.ts'
import type { Envelope, Signal } from './signal.ts'

/** Whether a JSON object has the shape of an EventBridge event. */
export const isEvent = (json: Json): boolean => 'detail-type' in json && 'source' in json && 'detail' in json

/**
 * Throws MalformedInput. The event's id is its identity: EventBridge gives a repeated delivery the same one. What the
 * event lacks of its id, instant and place is that of `receipt`, or that of the alarm that it names.
 */
export function parseEvent(json: Json, receipt?: Receipt): Signal {
  const fields = new Fields('EventBridge event', json)
  const resources = fields.texts('resources').filter(isName)
  const alarm = parseAlarmArn(resources[0] ?? '')
  const known = {
    id: receipt?.id,
    account: alarm?.account ?? receipt?.account,
    region: alarm?.region ?? receipt?.region,
  }
  const text = (name: keyof typeof known): string => fields.optionalText(name) ?? known[name] ?? fields.text(name)
  const stated = fields.optionalInstant('time')
  const at = stated ?? receipt?.at ?? fields.instant('time')
  const envelope: Envelope = {
    id: text('id'),
    source: fields.text('source'),
    'detail-type': fields.text('detail-type'),
    account: text('account'),
    region: text('region'),
    time: (stated && fields.optionalText('time')) ?? at.toISOString(),
    resources,
    detail: fields.object('detail').json,
  }
  const identity = `event/${envelope.id}`
  return (
    alarmSignal(envelope, identity) ?? healthEvent(envelope, identity, at) ?? { kind: 'event', identity, envelope, at }
  )
}

/** As long as the longest ARN that AWS's APIs take. */
const LONGEST_NAME = 1600

/** Anybody's event may call a resource anything, but an episode is stored by the name of what it is about, and keeps names as an object's. */
const isName = (resource: string): boolean => resource.length <= LONGEST_NAME && !(resource in Object.prototype)
