// Tags, where the official clients do not reach: names that are traps for programs, callers that race, and the paths of proxies.
import { ContactType } from '@aws-sdk/client-ssm-contacts'
import { describe, expect, it } from 'vitest'
import { createContact } from '../../../lib/incident-manager/operations/contacts/create-contact.ts'
import { tagResource as tagContact } from '../../../lib/incident-manager/operations/contacts/tag-resource.ts'
import { updateContact } from '../../../lib/incident-manager/operations/contacts/update-contact.ts'
import { deleteResponsePlan } from '../../../lib/incident-manager/operations/incidents/delete-response-plan.ts'
import { listTagsForResource } from '../../../lib/incident-manager/operations/incidents/list-tags-for-resource.ts'
import { tagResource } from '../../../lib/incident-manager/operations/incidents/tag-resource.ts'
import { untagResource } from '../../../lib/incident-manager/operations/incidents/untag-resource.ts'
import { updateResponsePlan } from '../../../lib/incident-manager/operations/incidents/update-response-plan.ts'
import { contactsOperations, incidentsOperations } from '../../../lib/incident-manager/operations/registry.ts'
import { serveContacts, serveIncidents, type Serve } from '../protocol/loopback.ts'
import { PLAN, worldWithPlan, type World } from './world.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'pk']
const traps = (value: string): string => `{${NAMES.map((name) => `"${name}":"${value}"`).join(',')}}`

const incidentsOf = (w: World): Serve => serveIncidents(incidentsOperations, async () => w.context)
const contactsOf = (w: World): Serve => serveContacts(contactsOperations, async () => w.context)
const call = async (serve: Serve, method: string, path: string, body = '', headers = {}) => {
  const [at = '', query = ''] = path.split('?')
  return serve({ method, path: at, query, headers, body: new TextEncoder().encode(body) })
}

describe('A tag may be called as JavaScript calls things of its own', () => {
  it('on a response plan, and on the incidents that it opens', async () => {
    const w = await worldWithPlan()
    const serve = incidentsOf(w)
    const template = `{"title":"Traps","impact":1,"incidentTags":${traps('incident')}}`
    const created = await call(
      serve,
      'POST',
      '/createResponsePlan',
      `{"name":"traps","incidentTemplate":${template},"tags":${traps('plan')}}`,
    )
    expect(created.status).toBe(201)
    const arn = PLAN.replace('payments', 'traps')
    expect((await call(serve, 'GET', `/tags/${encodeURIComponent(arn)}`)).body).toBe(`{"tags":${traps('plan')}}`)
    expect((await call(serve, 'GET', `/getResponsePlan?arn=${encodeURIComponent(arn)}`)).body).toContain(
      `"incidentTags":${traps('incident')}`,
    )
    const { body } = await call(serve, 'POST', '/startIncident', `{"responsePlanArn":"${arn}"}`)
    const incident: { incidentRecordArn: string } = JSON.parse(body)
    const path = `/tags/${encodeURIComponent(incident.incidentRecordArn)}`
    expect((await call(serve, 'GET', path)).body).toBe(`{"tags":${traps('incident')}}`)
    expect((await call(serve, 'DELETE', `${path}?tagKeys=__proto__&tagKeys=constructor`)).status).toBe(204)
    expect((await call(serve, 'GET', path)).body).not.toMatch(/"(?:__proto__|constructor)"/u)
    expect((await call(serve, 'POST', path, '{"tags":{"__proto__":"again"}}')).status).toBe(204)
    expect((await call(serve, 'GET', path)).body).toContain('"__proto__":"again"')
  })

  it('on a contact', async () => {
    const w = await worldWithPlan()
    const serve = contactsOf(w)
    const tags = JSON.stringify(NAMES.map((Key) => ({ Key, Value: 'contact' })))
    const post = (operation: string, body: string) =>
      call(serve, 'POST', '/', body, { 'x-amz-target': `SSMContacts.${operation}` })
    const created = await post('CreateContact', `{"Alias":"ana","Type":"PERSONAL","Plan":{},"Tags":${tags}}`)
    const { ContactArn }: { ContactArn: string } = JSON.parse(created.body)
    expect((await post('ListTagsForResource', `{"ResourceARN":"${ContactArn}"}`)).body).toBe(`{"Tags":${tags}}`)
    await post('UntagResource', `{"ResourceARN":"${ContactArn}","TagKeys":${JSON.stringify(NAMES)}}`)
    expect((await post('ListTagsForResource', `{"ResourceARN":"${ContactArn}"}`)).body).toBe('{"Tags":[]}')
  })

  it('and so may a Region and a parameter of a runbook', async () => {
    const w = await worldWithPlan()
    const serve = incidentsOf(w)
    const runbook = `{"documentName":"Restart","roleArn":"arn:aws:iam::111122223333:role/r","parameters":{"__proto__":["a"]}}`
    const body = `{"name":"traps","incidentTemplate":{"title":"a","impact":1},"actions":[{"ssmAutomation":${runbook}}]}`
    expect((await call(serve, 'POST', '/createResponsePlan', body)).status).toBe(201)
    const arn = encodeURIComponent(PLAN.replace('payments', 'traps'))
    expect((await call(serve, 'GET', `/getResponsePlan?arn=${arn}`)).body).toContain('"__proto__":["a"]')
    const { body: sets } = await call(serve, 'POST', '/listReplicationSets', '{}')
    const { replicationSetArns }: { replicationSetArns: string[] } = JSON.parse(sets)
    const set = JSON.stringify(replicationSetArns[0])
    for (const name of ['__proto__', '~__proto__']) {
      const action = `{"addRegionAction":{"regionName":"${name}"}}`
      const update = await call(serve, 'POST', '/updateReplicationSet', `{"arn":${set},"actions":[${action}]}`)
      expect(update.status).toBe(204)
    }
    const path = `/getReplicationSet?arn=${encodeURIComponent(replicationSetArns[0] ?? '')}`
    expect((await call(serve, 'GET', path)).body).toMatch(/"__proto__":\{.*"~__proto__":\{/u)
  })
})

describe('The ARN in the path', () => {
  it.each([
    ['whole', encodeURIComponent(PLAN)],
    ['with slashes that a proxy has decoded', encodeURIComponent(PLAN).replaceAll('%2F', '/')],
    ['decoded by a proxy', PLAN],
    ['in the other spelling of AWS', encodeURIComponent(PLAN.replace('response-plan', 'responseplan'))],
  ])('is taken %s', async (_, path) => {
    const serve = incidentsOf(await worldWithPlan({ tags: { team: 'payments' } }))
    const tags = '{"tags":{"team":"payments"}}'
    expect(await call(serve, 'GET', `/tags/${path}`)).toMatchObject({ status: 200, body: tags })
  })

  it.each([
    'nonsense',
    'arn:aws:ssm-incidents::111122223333:nothing',
    `arn:aws:ssm-incidents::111122223333:response-plan/${'🔔'.repeat(2000)}`,
    `arn:aws:ssm-incidents::111122223333:incident-record/a/${'🔔'.repeat(2000)}`,
    PLAN.replace('111122223333', '444455556666'),
  ])('that names nothing is not found: %#', async (arn) => {
    const serve = incidentsOf(await worldWithPlan())
    expect((await call(serve, 'GET', `/tags/${encodeURIComponent(arn)}`)).status).toBe(404)
  })

  it('of contacts that names nothing, or a kind without tags, is not found', async () => {
    const serve = contactsOf(await worldWithPlan())
    const arns = [
      'contact/ana',
      'contact-channel/ana/1',
      '__proto__/ana',
      'constructor/ana',
      `contact/${'🔔'.repeat(400)}`,
    ]
    for (const resource of arns) {
      const body = JSON.stringify({ ResourceARN: `arn:aws:ssm-contacts:us-east-1:111122223333:${resource}` })
      const answer = await call(serve, 'POST', '/', body, { 'x-amz-target': 'SSMContacts.ListTagsForResource' })
      expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('ResourceNotFoundException') })
    }
  })
})

describe('Whoever changes something else of a resource meanwhile', () => {
  it('undoes no tag, and no tag undoes their change', async () => {
    const w = await worldWithPlan()
    await Promise.all([
      tagResource({ resourceArn: PLAN, tags: { a: '1', b: '1' } }, w.context),
      updateResponsePlan({ arn: PLAN, displayName: 'Payments' }, w.context),
      tagResource({ resourceArn: PLAN, tags: { c: '1' } }, w.context),
      untagResource({ resourceArn: PLAN, tagKeys: ['d'] }, w.context),
    ])
    expect(await listTagsForResource({ resourceArn: PLAN }, w.context)).toEqual({ tags: { a: '1', b: '1', c: '1' } })
    const { ContactArn } = await createContact(
      { Alias: 'ana', Type: ContactType.PERSONAL, Plan: { Stages: [] } },
      w.context,
    )
    await Promise.all([
      tagContact({ ResourceARN: ContactArn, Tags: [{ Key: 'a', Value: '1' }] }, w.context),
      updateContact({ ContactId: ContactArn, DisplayName: 'Ana' }, w.context),
    ])
    expect((await w.items()).find(({ sk }) => sk === 'contact')).toMatchObject({ tags: { a: '1' }, displayName: 'Ana' })
  })

  it('deletes it: the tag is refused and makes nothing anew', async () => {
    const w = await worldWithPlan()
    await deleteResponsePlan({ arn: PLAN }, w.context)
    await expect(tagResource({ resourceArn: PLAN, tags: { a: '1' } }, w.context)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    expect((await w.items()).map(({ sk }) => sk)).toEqual(['replication-set', 'token'])
  })
})
