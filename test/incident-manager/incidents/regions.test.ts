// The Regions and the protection of a replication set, when several callers change them at once.
import { describe, expect, it } from 'vitest'
import { createReplicationSet } from '../../../lib/incident-manager/operations/incidents/create-replication-set.ts'
import { deleteReplicationSet } from '../../../lib/incident-manager/operations/incidents/delete-replication-set.ts'
import { getReplicationSet } from '../../../lib/incident-manager/operations/incidents/get-replication-set.ts'
import { updateDeletionProtection } from '../../../lib/incident-manager/operations/incidents/update-deletion-protection.ts'
import { updateReplicationSet } from '../../../lib/incident-manager/operations/incidents/update-replication-set.ts'
import { replicationSetKey } from '../../../lib/incident-manager/store/keys.ts'
import { world, type World } from './world.ts'

interface SetUp {
  readonly w: World
  readonly arn: string
  readonly add: (regionName: string, clientToken?: string) => Promise<unknown>
  readonly remove: (regionName: string, clientToken?: string) => Promise<unknown>
  readonly regions: () => Promise<string[]>
}

async function setOf(...names: string[]): Promise<SetUp> {
  const w = world()
  const regions = Object.fromEntries(names.map((name) => [name, {}]))
  const { arn = '' } = await createReplicationSet({ clientToken: 'set', regions }, w.context)
  return {
    w,
    arn,
    add: (regionName, clientToken) =>
      updateReplicationSet({ arn, clientToken, actions: [{ addRegionAction: { regionName } }] }, w.context),
    remove: (regionName, clientToken) =>
      updateReplicationSet({ arn, clientToken, actions: [{ deleteRegionAction: { regionName } }] }, w.context),
    async regions() {
      const { replicationSet } = await getReplicationSet({ arn }, w.context)
      return Object.keys(replicationSet?.regionMap ?? {}).toSorted()
    },
  }
}

const refusals = async (calls: readonly Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(calls)).flatMap((call) =>
    call.status === 'rejected' && call.reason instanceof Error ? [call.reason.name] : [],
  )

describe('Regions', () => {
  it('that two callers add at once are both there', async () => {
    const { add, regions } = await setOf('us-east-1')
    await Promise.all([add('us-east-2'), add('us-west-2')])
    expect(await regions()).toEqual(['us-east-1', 'us-east-2', 'us-west-2'])
  })

  it('never become four, nor none', async () => {
    const { add, remove, regions } = await setOf('us-east-1', 'us-east-2')
    expect(await refusals([add('us-west-1'), add('us-west-2'), add('eu-west-1')])).toEqual([
      'ValidationException',
      'ValidationException',
    ])
    const three = await regions()
    expect(three).toHaveLength(3)
    expect(await refusals(three.map((name) => remove(name)))).toEqual(['ValidationException'])
    expect(await regions()).toHaveLength(1)
  })

  it('are changed once by twins of one call, and by a call that comes again after others', async () => {
    const { w, add, remove, regions } = await setOf('us-east-1')
    await Promise.all([add('us-east-2', 'twins'), add('us-east-2', 'twins')])
    await remove('us-east-2', 'off')
    const { length } = w.calls()
    await add('us-east-2', 'twins')
    expect(w.calls()).toHaveLength(1)
    expect(length).toBeGreaterThan(1)
    expect(await regions()).toEqual(['us-east-1'])
  })

  it('remember the last 20 calls', async () => {
    const { w, add, remove, regions } = await setOf('us-east-1')
    for (let n = 0; n < 11; n++) {
      await add('us-east-2', `add ${n}`)
      w.advance(1)
      await remove('us-east-2', `remove ${n}`)
      w.advance(1)
    }
    await add('us-east-2', 'add 2')
    expect(await regions()).toEqual(['us-east-1'])
    await add('us-east-2', 'add 0')
    expect(await regions()).toEqual(['us-east-1', 'us-east-2'])
    const item = await w.context.table.get(replicationSetKey)
    expect(Object.keys(item ?? {}).filter((name) => name.startsWith('token:'))).toHaveLength(20)
  })

  it('have the instant of their own last change, and the set says who changed it when', async () => {
    const { w, arn, add } = await setOf('us-east-1')
    const before = w.now
    w.advance(5)
    await updateReplicationSet(
      { arn, actions: [{ addRegionAction: { regionName: 'us-east-2', sseKmsKeyId: 'alias/incidents' } }] },
      { ...w.context, caller: 'arn:aws:iam::111122223333:user/ben' },
    )
    const { replicationSet } = await getReplicationSet({ arn }, w.context)
    expect(replicationSet).toMatchObject({
      status: 'ACTIVE',
      createdTime: before,
      lastModifiedTime: w.now,
      lastModifiedBy: 'arn:aws:iam::111122223333:user/ben',
      regionMap: {
        'us-east-1': { sseKmsKeyId: 'DefaultKey', status: 'ACTIVE', statusUpdateDateTime: before },
        'us-east-2': { sseKmsKeyId: 'alias/incidents', status: 'ACTIVE', statusUpdateDateTime: w.now },
      },
    })
    await expect(add('us-east-2')).rejects.toThrow('already has the Region us-east-2')
  })

  it('and the protection stay as they are while the set is being deleted', async () => {
    const { w, arn, add } = await setOf('us-east-1')
    await w.context.table.update(replicationSetKey, { set: { status: 'DELETING' } })
    const busy = { name: 'ConflictException', resource: { type: 'REPLICATION_SET', id: arn } }
    await expect(add('us-east-2')).rejects.toMatchObject(busy)
    // Its model declares no conflict.
    await expect(updateDeletionProtection({ arn, deletionProtected: true }, w.context)).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })
})

describe('Deletion protection', () => {
  it('keeps a set with several Regions, too', async () => {
    const { w, arn, regions } = await setOf('us-east-1', 'us-east-2')
    await updateDeletionProtection({ arn, deletionProtected: true }, w.context)
    await expect(deleteReplicationSet({ arn }, w.context)).rejects.toMatchObject({ name: 'ValidationException' })
    expect(await regions()).toEqual(['us-east-1', 'us-east-2'])
  })
})
