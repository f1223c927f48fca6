// The CloudWatch dashboard of serverless.yml: what was opened and paged, what waits, and how the functions do.
'use strict'

/** The functions that write episodes, and so measure them. */
const EPISODES = ['open-incident', 'enrich-timeline', 'sweep']
const INCIDENT_MANAGER = { aws: [], tocsin: ['incident-manager', 'run-engagements'] }
const QUEUES = ['alarms', 'notifications', 'replies']
const DEAD_LETTERS = ['alarm-dead-letters', 'notification-dead-letters', 'reply-dead-letters']

/** Answers the body of the dashboard: JSON, in which CloudFormation fills in the region. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, stage] = [await resolveVariable('self:custom.prefix'), await resolveVariable('sls:stage')]
  const incidentManager = INCIDENT_MANAGER[await resolveVariable('self:custom.parameters.incidentManager')]
  const functions = [...EPISODES, 'accept-page', ...incidentManager]
  const engagements = incidentManager.filter((key) => key === 'run-engagements')

  const measured = (keys, ...names) =>
    names.flatMap((name) => keys.map((key) => ['Tocsin', name, 'service', key, 'stage', stage]))
  const ofFunctions = (name) => functions.map((key) => ['AWS/Lambda', name, 'FunctionName', `${prefix}-${key}`])
  const waiting = (queues) =>
    queues.map((queue) => ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', `${prefix}-${queue}`])

  const rows = [
    [
      ['Incidents', 'Sum', measured(EPISODES, 'Opened', 'Deduplicated', 'Resolved')],
      ['Failures', 'Sum', measured(functions, 'Failures')],
      ['Pages', 'Sum', measured(incidentManager, 'Pages', 'PagesGivenUp')],
    ],
    [
      ['Time to acknowledge (seconds)', 'Average', measured(EPISODES, 'TimeToAcknowledge')],
      ['Time to resolve (seconds)', 'Average', measured(EPISODES, 'TimeToResolve')],
      ['Oldest due (seconds)', 'Maximum', measured(['sweep', ...engagements], 'OldestDueSeconds')],
    ],
    [
      ['Waiting in queues', 'Maximum', waiting(QUEUES)],
      ['Dead letters', 'Maximum', waiting(DEAD_LETTERS)],
      [
        'Sweeps, and their lateness (seconds)',
        'Maximum',
        [...measured(['sweep'], 'SweepHeartbeat', 'SweepLateness'), ...measured(engagements, 'EngagementsHeartbeat')],
      ],
    ],
    [
      ['Errors', 'Sum', ofFunctions('Errors')],
      ['Throttles', 'Sum', ofFunctions('Throttles')],
      ['Duration (milliseconds)', 'p99', ofFunctions('Duration')],
    ],
  ]
  const widgets = rows.flatMap((row, y) =>
    row.flatMap(([title, stat, metrics], x) => (metrics.length > 0 ? [widget(x, y, title, stat, metrics)] : [])),
  )
  return { 'Fn::Sub': JSON.stringify({ widgets }) }
}

const widget = (x, y, title, stat, metrics) => ({
  type: 'metric',
  x: x * 8,
  y: y * 6,
  width: 8,
  height: 6,
  properties: { title, stat, metrics, region: '${AWS::Region}', period: 60, view: 'timeSeries' },
})
