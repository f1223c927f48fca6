// Policies that share something with another account, as the user guide words them.
const policy = (service: string, actions: readonly string[], resources: readonly string[], account: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Conformance',
        Effect: 'Allow',
        Principal: { AWS: account },
        Action: actions.map((action) => `${service}:${action}`),
        Resource: resources,
      },
    ],
  })

/** Shares a response plan, and its incidents, with `account`. */
export const planPolicy = (planArn: string, account = '444455556666'): string =>
  policy(
    'ssm-incidents',
    ['GetResponsePlan', 'StartIncident', 'UpdateIncidentRecord', 'GetIncidentRecord', 'ListTimelineEvents'],
    [planArn, `${planArn.replace(':response-plan/', ':incident-record/')}/*`],
    account,
  )

/** Shares a contact, and its engagements, with `account`. */
export const contactPolicy = (contactArn: string, account = '444455556666'): string =>
  policy(
    'ssm-contacts',
    ['GetContact', 'StartEngagement', 'DescribeEngagement', 'ListPagesByEngagement', 'StopEngagement'],
    [contactArn, `${contactArn.replace(':contact/', ':engagement/')}/*`],
    account,
  )
