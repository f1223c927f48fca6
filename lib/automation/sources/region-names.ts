// Regions as CloudWatch names them for people ("US East (N. Virginia)"), and their codes.

/** By what stands in the parentheses; where that is no place of its own (Canada, Mexico), by the whole. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['n. virginia', 'us-east-1'],
  ['ohio', 'us-east-2'],
  ['n. california', 'us-west-1'],
  ['oregon', 'us-west-2'],
  ['cape town', 'af-south-1'],
  ['hong kong', 'ap-east-1'],
  ['taipei', 'ap-east-2'],
  ['tokyo', 'ap-northeast-1'],
  ['seoul', 'ap-northeast-2'],
  ['osaka', 'ap-northeast-3'],
  ['osaka-local', 'ap-northeast-3'],
  ['mumbai', 'ap-south-1'],
  ['hyderabad', 'ap-south-2'],
  ['singapore', 'ap-southeast-1'],
  ['sydney', 'ap-southeast-2'],
  ['jakarta', 'ap-southeast-3'],
  ['melbourne', 'ap-southeast-4'],
  ['malaysia', 'ap-southeast-5'],
  ['new zealand', 'ap-southeast-6'],
  ['thailand', 'ap-southeast-7'],
  ['canada (central)', 'ca-central-1'],
  ['calgary', 'ca-west-1'],
  ['frankfurt', 'eu-central-1'],
  ['zurich', 'eu-central-2'],
  ['stockholm', 'eu-north-1'],
  ['milan', 'eu-south-1'],
  ['spain', 'eu-south-2'],
  ['ireland', 'eu-west-1'],
  ['london', 'eu-west-2'],
  ['paris', 'eu-west-3'],
  ['tel aviv', 'il-central-1'],
  ['uae', 'me-central-1'],
  ['bahrain', 'me-south-1'],
  ['mexico (central)', 'mx-central-1'],
  ['sao paulo', 'sa-east-1'],
  ['são paulo', 'sa-east-1'],
  ['beijing', 'cn-north-1'],
  ['ningxia', 'cn-northwest-1'],
  ['us-east', 'us-gov-east-1'],
  ['us-gov-east', 'us-gov-east-1'],
  ['us-west', 'us-gov-west-1'],
  ['us-gov-west', 'us-gov-west-1'],
  ['us', 'us-gov-west-1'],
])

const LONGEST_NAME = 64
const CODE = /^[a-z]{2,4}(-[a-z]{2,5})?-[a-z]{4,9}-\d{1,2}$/

/** The code of a Region given by its name or its code; undefined where nobody knows it. */
export function regionCode(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return undefined
  const known = name.trim().toLowerCase()
  if (CODE.test(known)) return known
  const from = known.indexOf('(')
  return CODES.get(known) ?? (from < 0 ? undefined : CODES.get(known.slice(from + 1).replace(/\)$/, '')))
}
