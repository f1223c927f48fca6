// `npm start`: the whole of Tocsin on this machine, until it is told to stop.
import { localSettings, processEnvironment } from '../aws/config.ts'
import { watchParent } from './parent.ts'
import { startSystem } from './system.ts'
import { readableLogs } from './terminal.ts'
import { helpIfAsked } from './usage.ts'

/** The plan of a folder that begins empty: a mistyped name of another one must not keep anybody from being paged. */
const SEEDED_PLAN = 'default'

const USAGE = `Usage: npm start
Starts Tocsin on this machine, until Ctrl-C. Settings are environment variables (README, Settings):
  PORT             4600
  TOCSIN_DATA      the data folder (.tocsin); :memory: keeps nothing
  TOCSIN_RULES     the rules (rules.yml)
  TOCSIN_SEED=off  begins without the example's contact and plan
  TOCSIN_CLOCK, TOCSIN_AUTH, TOCSIN_LOG, ...`

helpIfAsked(USAGE)

let publicPort: number | undefined
try {
  const [argument] = process.argv.slice(2)
  if (argument !== undefined) throw new Error(`npm start takes no ${argument}\n${USAGE}`)
  const environment = processEnvironment()
  let end = (): void => process.exit(1)
  watchParent(environment['npm_lifecycle_event'] !== undefined, () => end())
  const settings = localSettings(environment)
  publicPort = settings.publicPort
  let now = (): Date => new Date()
  readableLogs(settings.log, () => now())
  const alert = (text: string): void => console.error(text)
  const system = await startSystem({ fallbackPlan: SEEDED_PLAN, ...settings, alert })
  now = () => system.now()
  // Before it says that it is ready: who hears that may tell it to stop.
  end = () => {
    system.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end)
  const { port } = new URL(system.url)
  const there = port === '4600' ? '' : `PORT=${port} `
  console.log(`Tocsin is ready on ${system.url} - next: ${there}npm run send -- events/cloudwatch/alarm.json`)
  if (system.publicUrl !== undefined)
    console.log(`Its public side, for a reverse proxy, is ${system.publicUrl}${named(settings.publicUrl)}`)
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
