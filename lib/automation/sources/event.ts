// An EventBridge event: its envelope checked, and what it says.
import { alarmSignal } from './alarm-event.ts'
import { Fields, type Json } from './fields.ts'
import type { Envelope, Signal } from './signal.ts'

/** Whether a JSON object has the shape of an EventBridge event. */
export const isEvent = (json: Json): boolean => 'detail-type' in json && 'source' in json && 'detail' in json

/** Throws MalformedInput. The event's id is its identity: EventBridge gives a repeated delivery the same one. */
export function parseEvent(json: Json): Signal {
  const fields = new Fields('EventBridge event', json)
  const envelope: Envelope = {
    id: fields.text('id'),
    source: fields.text('source'),
    'detail-type': fields.text('detail-type'),
    account: fields.text('account'),
    region: fields.text('region'),
    time: fields.text('time'),
    resources: fields.texts('resources').filter(isName),
    detail: fields.object('detail').json,
  }
  const at = fields.instant('time')
  const identity = `event/${envelope.id}`
  return alarmSignal(envelope, identity) ?? { kind: 'event', identity, envelope, at }
}

/** As long as the longest ARN that AWS's APIs take. */
const LONGEST_NAME = 1600

/** Anybody's event may call a resource anything, but an episode is stored by the name of what it is about, and keeps names as an object's. */
const isName = (resource: string): boolean => resource.length <= LONGEST_NAME && !(resource in Object.prototype)
