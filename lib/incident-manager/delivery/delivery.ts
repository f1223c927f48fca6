// How something leaves the incident manager: a page or a code to a person, a notification to a topic.

/** One attempt to reach a person on one channel. `key` is unique per attempt; sending the same key again is the same message. */
export interface ChannelMessage {
  readonly key: string
  readonly at: Date
  readonly channelType: 'SMS' | 'VOICE' | 'EMAIL'
  readonly address: string
  readonly contactArn: string
  readonly pageArn?: string
  readonly subject: string
  readonly body: string
  readonly code: string
}

/**
 * What became of it. `retry` says whether the same attempt is worth repeating; where it is not, this address takes nothing
 * (it is invalid, has opted out, is refused where it leads to), or has no way out of this installation.
 */
export type Sent = { readonly sent: true } | { readonly sent: false; readonly retry: boolean; readonly reason: string }

export interface Delivery {
  send(message: ChannelMessage): Promise<Sent>
  /** Publishes to an SNS topic; throws when SNS refuses, so that it stays owed. */
  publish(topicArn: string, message: object): Promise<void>
}
