// Whoever raises alarms, in a thread of their own as they would be on a machine of their own: one PutEvents per message.
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { entry } from './entry.ts'

const agent = new Agent({ keepAlive: true })
const headers = { 'x-amz-target': 'AWSEvents.PutEvents', 'content-type': 'application/x-amz-json-1.1' }

parentPort?.on('message', (name: string) => {
  const body = JSON.stringify({ Entries: [entry(name, 'ALARM', new Date())] })
  const start = process.hrtime.bigint()
  const asked = request(String(workerData), { method: 'POST', agent, headers })
  asked.on('response', (response) => response.resume().on('end', () => parentPort?.postMessage(start)))
  asked.end(body)
})
