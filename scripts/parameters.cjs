// The parameters of serverless.yml, checked before anything is made of them: a wrong one is refused by name.
'use strict'

const EMAIL = /^([^\s@]+@[^\s@]+)?$/
/** It becomes part of ARNs in a policy. */
const SENDER = /^([\w.+%-]+@[\w-]+(\.[\w-]+)*)?$/
const PLAN = /^([\w-]{1,200}|arn:[\w-]+:ssm-incidents::\d{12}:response-?plan\/[\w-]{1,200})$/

/** Each parameter's values, as a pattern and in words. */
const PARAMETERS = {
  incidentManager: [/^(tocsin|aws)$/, 'tocsin or aws'],
  plan: [PLAN, "a response plan's name or ARN"],
  fallbackPlan: [new RegExp(`^$|${PLAN.source}`), "a response plan's name or ARN, or empty"],
  quietTime: [/^\d{1,6}[smhd]$/, 'a duration such as 30s, 10m, 1h or 1d'],
  declared: [/^(adopt|report)?$/, 'adopt or report, or empty for what suits the incident manager'],
  healthRegions: [/^(own|all)$/, 'own or all'],
  logRetentionDays: [/^\d+$/, 'a number of days'],
  kmsKeyArn: [/^(arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+)?$/, "a KMS key's ARN (not an alias's), or empty"],
  alarmEmail: [EMAIL, 'an e-mail address, or empty'],
  senderEmail: [SENDER, 'an e-mail address, or empty'],
  runbooks: [/^(on|off)$/, 'on or off'],
  smsMonthlyLimit: [/^[1-9]\d{0,6}$/, 'a number of whole dollars, 1 or more'],
  readRoles: [/^[\w+=,.@-]{0,64}$/, 'the name of a role (not its ARN), or empty'],
  heartbeatUrl: [/^(https:\/\/[^\s/]+\S*)?$/, 'an https:// URL, or empty'],
}

/** The longest name of a function, `tocsin-<stage>-incident-manager`, has at most 64 characters. */
const STAGE = /^[a-zA-Z0-9-]{1,40}$/
/** Where Lambda has no function URLs ("Creating and managing Lambda function URLs", AWS Lambda Developer Guide). */
const WITHOUT_URLS =
  /^(ap-east-2|ap-south-2|ap-southeast-[4-7]|ca-west-1|eu-central-2|eu-south-2|il-central-1|me-central-1)$/

/** What a mail from this address needs the right to: SES knows it by the address, its domain or a domain above, and by how it is sent. */
function sendersOf(address) {
  const labels = address.split('@')[1]?.split('.') ?? []
  const domains = labels.map((_, index) => labels.slice(index).join('.')).filter((domain) => domain.includes('.'))
  const sending = [...[address, ...domains].map((identity) => `identity/${identity}`), 'configuration-set/*']
  const arnOf = (resource) => `arn:\${AWS::Partition}:ses:\${AWS::Region}:\${AWS::AccountId}:${resource}`
  return sending.map((resource) => ({ 'Fn::Sub': arnOf(resource) }))
}

/** Nobody is told by a command that deploys nothing. */
const deploys = () => process.argv.some((argument) => argument === 'deploy' || argument === 'package')

/** Answers all parameters by name, and what follows from them; throws one error that names each that is wrong or that nobody knows. */
module.exports = async ({ options, resolveConfigurationProperty, resolveVariable }) => {
  const values = {}
  const problems = []
  for (const [name, [pattern, wanted]] of Object.entries(PARAMETERS)) {
    values[name] = await resolveVariable(`param:${name}`)
    if (!pattern.test(values[name])) problems.push(`The parameter ${name} must be ${wanted}, but is ${values[name]}`)
  }
  const [stage, region] = [await resolveVariable('sls:stage'), await resolveVariable('self:provider.region')]
  if (!STAGE.test(stage))
    problems.push(`The stage must be 1 to 40 letters, digits and hyphens, as it is part of names, but is ${stage}`)
  if (values.incidentManager === 'tocsin' && WITHOUT_URLS.test(region))
    problems.push(
      `${region} has no Lambda function URLs, and Tocsin's incident manager is reached by one: deploy to another Region, to which ${region} forwards its alarms (docs/deploy.md, step 4), or with --param="incidentManager=aws" where your account has that`,
    )
  // What is mistyped would leave the one that is meant at its default, and say nothing.
  const given = (options.param ?? []).map((text) => text.split('=')[0])
  for (const name of ['default', stage])
    given.push(...Object.keys((await resolveConfigurationProperty(['params', name])) ?? {}))
  for (const name of new Set(given))
    if (!Object.hasOwn(PARAMETERS, name))
      problems.push(`There is no parameter ${name}; there are ${Object.keys(PARAMETERS).join(', ')}`)
  // serverless prints the stack of what is thrown here: the words say it all.
  if (problems.length > 0) throw Object.assign(new Error(), { stack: problems.join('\n') })
  values.declared ||= values.incidentManager === 'aws' ? 'report' : 'adopt'
  values.senderIdentities = sendersOf(values.senderEmail)
  if (!values.alarmEmail && deploys())
    console.error(
      'Warning: alarmEmail is empty. Nobody is told when Tocsin itself fails or cannot page, unless somebody subscribes to its two topics (docs/deploy.md)',
    )
  return values
}
