// One change of an alarm, as an entry of PutEvents.
export function entry(name: string, state: 'ALARM' | 'OK', at: Date) {
  const timestamp = at.toISOString()
  const Detail = JSON.stringify({
    alarmName: name,
    state: {
      value: state,
      reason: 'Threshold Crossed',
      reasonData: '{"recentDatapoints":[12],"threshold":5}',
      timestamp,
    },
    previousState: { value: state === 'OK' ? 'ALARM' : 'OK', timestamp },
    configuration: { metrics: [] },
  })
  return {
    Source: 'aws.cloudwatch',
    DetailType: 'CloudWatch Alarm State Change',
    Resources: [`arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`],
    Detail,
  }
}
