// awsJson1_1, the protocol of the contacts API: everything is POST /, the operation is named in a header.
import type { Model } from '../model/model.ts'
import { ProtocolError } from './protocol-error.ts'
import { jsonBody, type Wire } from './wire.ts'

const JSON_TYPE = 'application/x-amz-json-1.1'
const TARGET_PREFIX = 'SSMContacts.'

export function awsJson(model: Model): Wire {
  return {
    model,
    read: (request) => {
      const target = request.headers['x-amz-target'] ?? ''
      const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : ''
      const operation = Object.hasOwn(model.operations, name) ? model.operations[name] : undefined
      if (!operation || request.method !== 'POST')
        throw new ProtocolError('UnknownOperationException', 400, `There is no operation ${target}`)
      if (request.path !== '/') {
        const words = `There is no operation ${target} at ${request.path}, but at /: take the path out of the endpoint`
        throw new ProtocolError('UnknownOperationException', 400, words)
      }
      return { name, operation, input: jsonBody(request, JSON_TYPE) }
    },
    answer: ({ status }, output) => ({
      status,
      headers: { 'content-type': JSON_TYPE },
      body: JSON.stringify(output),
    }),
    // Some clients read the name from the body only (api-facts, ssm-contacts: "Errors").
    refuse: ({ name, status, members }) => ({
      status,
      headers: { 'content-type': JSON_TYPE, 'x-amzn-errortype': name },
      body: JSON.stringify({ __type: name, ...members }),
    }),
  }
}
