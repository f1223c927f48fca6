// A process on one data folder that ends, as its arguments say, when a function gets a deadly message. Says what it tried.
import { writeSync } from 'node:fs'
import type { Handler } from '../../lib/local/functions.ts'
import { startSystem } from '../../lib/local/system.ts'

const [data = '', way = '', minutes = '0', ...numbers] = process.argv.slice(2)

const open: Handler = (event) => {
  const found = [...JSON.stringify(event).matchAll(/number\\*":(\d+)/g)].map(([, number]) => number)
  writeSync(1, `${found.join(' ')}\n`)
  if (!found.includes('13')) return
  if (way === 'exit') process.exit(1)
  process.kill(process.pid, 'SIGKILL')
  // The signal takes effect before anything else does.
  for (;;);
}

const system = await startSystem({
  port: 0,
  data,
  clock: 'simulated',
  seed: false,
  rules: 'rules.yml',
  region: 'us-east-1',
  handlers: { 'open-incident': open, sweep: () => {}, 'run-engagements': () => {} },
})
await system.idle()
const Entries = numbers.map((number) => ({
  Source: 'tocsin.test',
  DetailType: 'Test',
  Detail: JSON.stringify({ number: Number(number) }),
}))
if (Entries.length > 0)
  await fetch(system.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ Entries }),
  })
await system.idle()
await system.advance(Number(minutes) * 60_000)
writeSync(1, `dead letters: ${JSON.stringify((await system.failures()).map(({ error }) => error))}\n`)
await system.close()
