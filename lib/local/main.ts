// `npm start`: the whole of Tocsin on this machine, until it is told to stop.
import { localSettings, processEnvironment } from '../aws/config.ts'
import { startSystem } from './system.ts'
import { readableLogs } from './terminal.ts'

/** The plan of a folder that begins empty: a mistyped name of another one must not keep anybody from being paged. */
const SEEDED_PLAN = 'default'

try {
  const settings = localSettings(processEnvironment())
  let now = (): Date => new Date()
  readableLogs(settings.log, () => now())
  const alert = (text: string): void => console.error(text)
  const system = await startSystem({ fallbackPlan: SEEDED_PLAN, ...settings, alert })
  now = () => system.now()
  const { port } = new URL(system.url)
  const there = port === '4600' ? '' : `PORT=${port} `
  console.log(`Tocsin is ready on ${system.url} - next: ${there}npm run send -- events/cloudwatch/alarm.json`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      system.close().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      )
    })
} catch (error) {
  fail(error)
}

function fail(error: unknown): never {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  console.error(
    taken
      ? `Port ${'port' in error ? String(error.port) : ''} is in use: stop what listens there, or choose another: PORT=4601 npm start`
      : error instanceof Error
        ? error.message
        : error,
  )
  process.exit(1)
}
