// `npm run bench`: the figures that the product promises, each beside its floor, measured in one run. Medians.
import { stdout } from 'node:process'
import { helpIfAsked } from '../lib/local/usage.ts'
import { bundleFigures } from './bench/bundle.ts'
import { latencyFigures } from './bench/latency.ts'
import { listFigures } from './bench/lists.ts'
import { operationFigures } from './bench/operations.ts'
import { ruleFigures } from './bench/rules.ts'
import { startFigures } from './bench/start.ts'
import { stormFigures } from './bench/storm.ts'
import { sweepFigures } from './bench/sweep.ts'
import { tableCallFigures } from './bench/table-calls.ts'

helpIfAsked('Usage: npm run bench   (measures for some minutes, each figure beside its floor)')

// What functions log is part of what is measured, but not of what is shown.
const write = stdout.write.bind(stdout)
stdout.write = (chunk: string | Uint8Array, ...rest: never[]): boolean =>
  (typeof chunk === 'string' && chunk.startsWith('{"level":"')) || write(chunk, ...rest)

const all = [
  ruleFigures,
  tableCallFigures,
  operationFigures,
  listFigures,
  stormFigures,
  sweepFigures,
  latencyFigures,
  bundleFigures,
  startFigures,
]
for (const figures of all) for await (const line of figures()) console.log(line)
