// A whole system in simulated time that works against the stub of AWS's Incident Manager instead of its own.
import { ListTopicsCommand } from '@aws-sdk/client-sns'
import { SSMIncidentsClient } from '@aws-sdk/client-ssm-incidents'
import type { SystemOptions } from '../../lib/local/system.ts'
import { Rehearsal, START } from '../scenarios/rehearsal.ts'
import type { StubIncident } from './incidents.ts'
import { AwsStub, type StubOptions } from './stub.ts'

export class OnAws {
  readonly stub: AwsStub
  readonly rehearsal: Rehearsal
  /** A person at AWS's API. */
  readonly person: SSMIncidentsClient

  private constructor(stub: AwsStub, rehearsal: Rehearsal) {
    this.stub = stub
    this.rehearsal = rehearsal
    const credentials = { accessKeyId: 'responder', secretAccessKey: 'any' }
    this.person = new SSMIncidentsClient({ endpoint: stub.url, region: 'us-east-1', credentials })
  }

  static async start(
    stubOptions: Omit<StubOptions, 'now'> = {},
    rules?: string,
    system: Partial<SystemOptions> = {},
  ): Promise<OnAws> {
    let clock = (): Date => system.startAt ?? START
    const stub = await AwsStub.start({ ...stubOptions, now: () => clock() })
    const environment = {
      AWS_ENDPOINT_URL_SSM_INCIDENTS: stub.url,
      AWS_ENDPOINT_URL_SSM_CONTACTS: stub.url,
      // As serverless.yml has it with AWS's incident manager.
      TOCSIN_DECLARED: 'report',
    }
    try {
      const rehearsal = await Rehearsal.start(
        'sqlite',
        { seed: false, ...system, environment: { ...environment, ...system.environment } },
        rules,
      )
      clock = () => rehearsal.system.now()
      return new OnAws(stub, rehearsal)
    } catch (error) {
      await stub.close()
      throw error
    }
  }

  async close(): Promise<void> {
    this.person.destroy()
    await this.rehearsal.close()
    await this.stub.close()
  }

  /** Tells the template's notification topic, as AWS does, of the newest timeline event of that type. */
  async notify(type: string, incident: StubIncident = this.stub.incident): Promise<void> {
    const { Topics = [] } = await this.rehearsal.topics.send(new ListTopicsCommand({}))
    const topicArn = Topics.find(({ TopicArn }) => TopicArn?.endsWith('notifications'))?.TopicArn
    if (topicArn === undefined) throw new Error('the template has no topic of notifications')
    await this.stub.notify(this.rehearsal.topics, topicArn, incident, type)
    await this.rehearsal.system.idle()
  }
}
