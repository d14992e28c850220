import { afterEach, expect } from '@jest/globals'
import { Bursar } from '@openbursar/sdk'
import { apiBase, bursarCommand, simulatorBase } from './bursar-command.js'
import { Contract } from './contract.js'
import {
  type PreparedRequest,
  prepareRequest,
  type RawAnswer,
  type RawRequest,
  transmit,
} from './raw-request.js'

/** What `bursar sandbox create-app --json` tells. */
export interface AppCredentials {
  readonly institution_id: string
  readonly department_id: string
  readonly app_id: string
  readonly key_id: string
  readonly private_key: string
  readonly webhook_public_key: string
}

export interface AppOptions {
  readonly scopes?: readonly string[]
  readonly alg?: 'ed25519' | 'p256' | 'rsa' | 'rsa-v1_5' | 'sm2'
}

/** An app on the platform of this run, and two ways to call as it. */
export interface TestApp extends AppCredentials {
  /** As a developer calls: through the SDK. */
  readonly bursar: Bursar
  /** As nobody should call: any bytes, signed or not. */
  send(request: RawRequest): Promise<RawAnswer>
  prepare(request: RawRequest): PreparedRequest
}

/** Answers of this file's calls that the OpenAPI document does not promise. */
const violations: string[] = []
const contract = Contract.read()

afterEach(() => {
  expect(violations.splice(0)).toEqual([])
})

/** A fresh app of a department of its own. Every answer to it is held against `openapi/v1.yaml`. */
export async function createApp(options: AppOptions = {}): Promise<TestApp> {
  return openApp(await createCredentials(options))
}

/** The same, for a key with which the SDK does not sign by itself. */
export function createCredentials({ scopes, alg }: AppOptions = {}): Promise<AppCredentials> {
  return bursarCommand<AppCredentials>(
    ...['sandbox', 'create-app', '--json'],
    ...(scopes ? ['--scopes', scopes.join(',')] : []),
    ...(alg ? ['--alg', alg] : []),
  )
}

export function openApp(credentials: AppCredentials): TestApp {
  const { key_id: keyId, private_key: privateKey } = credentials
  const signer = { apiBase: apiBase(), keyId, privateKey }
  return {
    ...credentials,
    bursar: new Bursar({ keyId, privateKey, baseUrl: apiBase(), fetch: judgedFetch }),
    prepare: (request) => prepareRequest(signer, request),
    send: (request) => sendPrepared(prepareRequest(signer, request)),
  }
}

/** Sends the same bytes, as often as it is called. */
export async function sendPrepared(prepared: PreparedRequest): Promise<RawAnswer> {
  const answer = await transmit(prepared)
  judge(prepared.method, prepared.url, answer)
  return answer
}

/** Without credentials, for what is public. */
export function get(path: string): Promise<Response> {
  return judgedFetch(`${apiBase()}${path}`)
}

/** What is wrong with the body of a webhook, by the document. */
export const webhookViolations = (body: object): string[] => contract.webhookViolations(body)

export { apiBase, simulatorBase }

/** `fetch`, with every answer held against the contract. */
export const judgedFetch: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init)
  const { status, headers } = response
  const url = input instanceof Request ? input.url : String(input)
  const text = await response.clone().text()
  judge(init?.method ?? 'GET', url, { status, headers, text })
  return response
}

function judge(
  method: string,
  url: string,
  answer: { status: number; headers: Headers; text: string },
): void {
  violations.push(...contract.violationsOf(method, url, answer))
}
