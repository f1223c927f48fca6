// Tells somebody outside that the sweep is alive: a service that pages when it no longer hears of it.
import type { Logger } from '@aws-lambda-powertools/logger'

const LONGEST_MS = 5000

/** Calls the URL, where there is one. Its failure is no failure of the sweep. The URL may be a secret: it is not logged. */
export async function tellHeartbeat(url: string | undefined, logger: Pick<Logger, 'warn'>): Promise<void> {
  if (!url) return
  try {
    const { ok, status, body } = await fetch(url, { signal: AbortSignal.timeout(LONGEST_MS) })
    await body?.cancel()
    if (!ok) logger.warn('TOCSIN_HEARTBEAT_URL did not accept the heartbeat', { status })
  } catch (error) {
    logger.warn('TOCSIN_HEARTBEAT_URL could not be called', {
      because: error instanceof Error ? error.name : 'unknown',
    })
  }
}
