// An alarm that invokes the function directly, made to look like the same alarm's EventBridge event.
import {
  alarmArn,
  alarmSignal,
  ALARM_SOURCE,
  CONTRIBUTOR_STATE_CHANGE,
  parseAlarmArn,
  STATE_CHANGE,
  toSecond,
} from './alarm-event.ts'
import { tagsOf } from './alarm-tags.ts'
import { Fields, type Json } from './fields.ts'
import type { Receipt } from './receipt.ts'
import { BY_ACTION, type Signal } from './signal.ts'

/** Whether a JSON object is an alarm's invocation. */
export const isAlarmInvocation = (json: Json): boolean => 'alarmData' in json

/**
 * Throws MalformedInput. An invocation has no id of its own: what it says is its identity, so a retry has the same. What it
 * lacks of its instant and place is that of `receipt`.
 */
export function parseAlarmInvocation(json: Json, receipt?: Receipt): Signal {
  const fields = new Fields('alarm invocation', json)
  const detail = fields.object('alarmData')
  const account = fields.optionalText('accountId') ?? receipt?.account ?? ''
  const region = fields.optionalText('region') ?? receipt?.region ?? ''
  const alarm =
    parseAlarmArn(fields.optionalText('alarmArn') ?? '') ??
    parseAlarmArn(alarmArn({ account, region }, detail.optionalText('alarmName') ?? ''))
  if (!alarm) throw fields.malformed('alarmArn', 'must be the ARN of an alarm')
  const state = detail.object('state')
  const contributor = detail.optionalObject('alarmContributor')?.optionalText('id')
  const at =
    state.optionalInstant('timestamp') ?? fields.optionalInstant('time') ?? receipt?.at ?? fields.instant('time')
  const id = [alarm.arn, contributor, state.text('value'), at.toISOString()].filter(Boolean).join('/')
  const signal = alarmSignal(
    {
      id,
      source: ALARM_SOURCE,
      'detail-type': contributor ? CONTRIBUTOR_STATE_CHANGE : STATE_CHANGE,
      account: alarm.account,
      region: alarm.region,
      time: toSecond(at),
      resources: [alarm.arn],
      detail: { ...detail.json, ...besides(fields, detail) },
    },
    `${BY_ACTION.invocation}${id}`,
  )
  if (!signal) throw fields.malformed('alarmArn', 'must be the ARN of an alarm')
  return signal
}

/** What may stand beside `alarmData` instead of in it. */
function besides(fields: Fields, detail: Fields): Json {
  const tags = tagsOf(detail.get('alarmTags'), fields.get('alarmTags'))
  const status = detail.optionalText('alarmTagsStatus') ?? fields.optionalText('alarmTagsStatus')
  return { ...(tags ? { alarmTags: tags } : {}), ...(status ? { alarmTagsStatus: status } : {}) }
}
