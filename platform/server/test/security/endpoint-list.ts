import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from '../support/bursar-command.js'

/** One operation of the contract. */
export interface Endpoint {
  readonly operationId: string
  readonly method: string
  readonly path: string
  /** Empty: it is public, or for people alone. */
  readonly scopes: readonly string[]
  /** What people must be allowed; empty: being signed in is enough; null: it says nothing of people. */
  readonly permissions: readonly string[] | null
  readonly needsStepUp: boolean
}

interface Document {
  readonly paths: Record<
    string,
    Record<
      string,
      {
        operationId: string
        'x-scopes'?: readonly string[]
        'x-permissions'?: readonly string[]
        'x-step-up'?: boolean
      }
    >
  >
}

/** Every operation there is: CI refuses a document that is not what the server's code says. */
export function readEndpoints(): Endpoint[] {
  const document: Document = parse(readFileSync(join(ROOT, 'openapi/v1.yaml'), 'utf8'))
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      scopes: operation['x-scopes'] ?? [],
      permissions: operation['x-permissions'] ?? null,
      needsStepUp: operation['x-step-up'] === true,
    })),
  )
}
