// `npm run bench`: the figures that the product promises, each beside its floor, measured in one run. Medians.
import { bundleFigures } from './bench/bundle.ts'
import { latencyFigures } from './bench/latency.ts'
import { ruleFigures } from './bench/rules.ts'
import { startFigures } from './bench/start.ts'
import { tableCallFigures } from './bench/table-calls.ts'

for (const figures of [ruleFigures, tableCallFigures, latencyFigures, bundleFigures, startFigures])
  for await (const line of figures()) console.log(line)
