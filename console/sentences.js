// A timeline event as a sentence that a person reads. What cannot be read is shown as it is.

/** `{ text, raw }`: the sentence, and what is worth unfolding beneath it. */
export function sentenceOf({ eventType, eventData }) {
  const data = parsed(eventData)
  const known = SENTENCES[eventType]
  const text = (known && isObject(data) && known(data)) || plain(data) || eventType
  return { text, raw: rawOf(data) }
}

/** The last part of an ARN: a contact's alias, an incident's id, a user's name. */
export const shortName = (arn) =>
  String(arn ?? '')
    .split(/[/:]/)
    .at(-1)

const SENTENCES = {
  'SSM Incident Trigger': ({ createdIncident, incidentSource, triggerArn }) =>
    `${createdIncident === false ? 'Triggered again' : 'Triggered'} by ${triggerArn ? shortName(triggerArn) : (incidentSource ?? 'somebody')}`,
  'SSM Incident Start': ({ incidentTitle, contactsEngage }) =>
    `Incident opened${incidentTitle ? `: ${incidentTitle}` : ''}${engaged(contactsEngage)}`,
  'SSM Incident Record Update': ({ modifiedAttributes, modifiedBy }) =>
    `${(modifiedAttributes ?? []).map(changeOf).join('; ')}${modifiedBy ? ` (by ${shortName(modifiedBy)})` : ''}`,
  'SSM Contacts Page for Incident': ({ contactArn }) => `Paged ${shortName(contactArn)}`,
  'SSM Contacts Page Acknowledgement for Incident': ({ contactArn, acknowledgedBy }) =>
    acknowledgedBy
      ? `A page of ${shortName(contactArn)} was accepted by Tocsin`
      : `${shortName(contactArn)} acknowledged`,
  'SSM Automation Execution Start Failure for Incident': () => 'The runbook could not be started',
}

const engaged = (contacts) =>
  contacts?.length ? `. Engages ${contacts.map(({ contactArn }) => shortName(contactArn)).join(', ')}` : ''

function changeOf({ attributeName, newValue }) {
  if (attributeName === 'status') return newValue === 'RESOLVED' ? 'Resolved' : 'Opened again'
  if (attributeName === 'relatedItems') {
    const { itemToAdd, itemToRemove } = parsed(newValue) ?? {}
    if (itemToAdd) return `Related item added: ${itemToAdd.title ?? 'without a title'}`
    if (itemToRemove) return 'Related item removed'
  }
  const name = String(attributeName).replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  const value = typeof newValue === 'string' ? newValue : JSON.stringify(newValue)
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} is now ${value}`
}

/** Custom events and notes: Tocsin's own carry a message; people write what they like. */
function plain(data) {
  if (!isObject(data)) return String(data ?? '')
  for (const name of ['message', 'note', 'text', 'summary', 'reason'])
    if (typeof data[name] === 'string') return data[name]
  return Object.entries(data)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}

/** The event that opened the incident, or what a custom event says besides its message. */
function rawOf(data) {
  if (!isObject(data)) return undefined
  const { message, by: _, ...rest } = data
  const value = parsed(data.rawData) ?? (message === undefined ? undefined : rest)
  return isObject(value) && Object.keys(value).length ? JSON.stringify(value, null, 2) : undefined
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
