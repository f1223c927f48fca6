// `npm start`: the whole of Tocsin on this machine, until it is told to stop.
import { localSettings, processEnvironment } from '../aws/config.ts'
import { startSystem } from './system.ts'
import { readableLogs } from './terminal.ts'

/** The plan of a folder that begins empty: a mistyped name of another one must not keep anybody from being paged. */
const SEEDED_PLAN = 'default'

let publicPort: number | undefined
try {
  const settings = localSettings(processEnvironment())
  publicPort = settings.publicPort
  let now = (): Date => new Date()
  readableLogs(settings.log, () => now())
  const alert = (text: string): void => console.error(text)
  const system = await startSystem({ fallbackPlan: SEEDED_PLAN, ...settings, alert })
  now = () => system.now()
  const { port } = new URL(system.url)
  const there = port === '4600' ? '' : `PORT=${port} `
  console.log(`Tocsin is ready on ${system.url} - next: ${there}npm run send -- events/cloudwatch/alarm.json`)
  if (system.publicUrl !== undefined)
    console.log(`Its public side, for a reverse proxy, is ${system.publicUrl}${named(settings.publicUrl)}`)
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

function named(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : `, reached as ${publicUrl}`
}

function fail(error: unknown): never {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  const port = taken && 'port' in error ? Number(error.port) : 0
  const other = port === publicPort ? 'TOCSIN_PUBLIC_PORT=4701' : 'PORT=4601'
  console.error(
    taken
      ? `Port ${port} is in use: stop what listens there, or choose another: ${other} npm start`
      : error instanceof Error
        ? error.message
        : error,
  )
  process.exit(1)
}
