// What a sweep costs when nothing is due: the same, however many incidents are open.
import { measured } from './system.ts'

const FEW = 10
const MANY = 10_000
const WIDTH = 10

export async function* sweepFigures(): AsyncGenerator<string> {
  const [few, many] = [await callsOfASweep(FEW), await callsOfASweep(MANY)]
  yield `Table calls, a sweep with nothing due: ${few.sweep} with ${FEW} open incidents, ${many.sweep} with ${MANY} (the same), besides ${few.lists} and ${many.lists} of the incident manager, which lists what is open; run-engagements: ${few.engagements} and ${many.engagements}`
}

async function callsOfASweep(incidents: number): Promise<{ sweep: number; lists: number; engagements: number }> {
  // Time stands still, so that nothing comes due while incidents are opened.
  const bench = await measured(undefined, { clock: 'simulated', data: ':memory:' })
  const run = async (name: string): Promise<string[]> => {
    bench.takeCalls()
    await bench.invoke(name, { time: bench.system.now().toISOString() })
    return bench.takeCalls()
  }
  try {
    const at = bench.system.now()
    const names = Array.from({ length: incidents }, (_, index) => `open-${index}`)
    await bench.alarms(
      names.map((name) => ({ name, state: 'ALARM', at })),
      WIDTH,
    )
    await bench.system.idle()
    // The first sweep and every fifth minute's also asks CloudWatch about all alarms that fire.
    await run('sweep')
    const sweep = await run('sweep')
    const lists = sweep.filter((call) => call.startsWith('Incidents')).length
    return { sweep: sweep.length - lists, lists, engagements: (await run('run-engagements')).length }
  } finally {
    await bench.close()
  }
}
