import { isDeepStrictEqual } from 'node:util'
import type { FaultApp } from './fault-app.js'
import type { FaultPlatform } from './fault-platform.js'
import { describe } from './load.js'
import { type Acknowledged, idOf, type LoadMemory } from './load-memory.js'

const AT_ONCE = 8
const SHOWN_MAX = 5
const STRANGERS_READ = 20

/** What must hold after every fault, I1–I9 (I1–I6 by `check:books`); the problems, in words. */
export async function checkAll(platform: FaultPlatform, memory: LoadMemory): Promise<string[]> {
  return [
    ...memory.unanswered.map((text) => `never answered: ${text}`),
    ...[...memory.refusals].map(([text, count]) => `refused ${count} times: ${text}`),
    ...(await platform.problemsOfBooks()),
    ...few(await lostAnswers(memory)),
    ...few(toldTwice(platform.apps, memory)),
    ...(await leaks(platform)),
    ...few(foreignEvents(platform.apps)),
    ...(await foreignReads(platform.apps, memory)),
  ]
}

/** I3: every 2xx is still there, with the same answer, and its object can be read. */
async function lostAnswers(memory: LoadMemory): Promise<string[]> {
  const waiting = [...memory.acknowledged]
  const problems: string[] = []
  const work = async () => {
    for (let call = waiting.pop(); call; call = waiting.pop()) problems.push(...(await lost(call)))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return problems
}

async function lost(call: Acknowledged): Promise<string[]> {
  const id = idOf(call.answer)
  try {
    const answer = await call.again()
    if (!isDeepStrictEqual(answer, call.answer)) {
      const texts = [call.answer, answer].map((one) => JSON.stringify(one))
      return [`I3: ${call.kind} ${id} was answered ${texts[0]}, and is now answered ${texts[1]}`]
    }
    const { payments, refunds } = call.app.bursar
    const found = await (call.kind === 'refund' ? refunds.get(id) : payments.get(id))
    return sameObject(call.answer, found) ? [] : [`I3: ${call.kind} ${id} became another object`]
  } catch (error) {
    return [`I3: ${call.kind} ${id} was acknowledged, and is now answered ${describe(error)}`]
  }
}

/** What never changes of a payment or refund. */
function sameObject(before: object, after: object): boolean {
  const core = (object: object) =>
    Object.entries(object).filter(([name]) =>
      ['id', 'amount', 'currency', 'created_at', 'out_trade_no', 'out_refund_no'].includes(name),
    )
  return isDeepStrictEqual(core(before), core(after))
}

/** I7: at least once, and always under one id. */
function toldTwice(apps: readonly FaultApp[], memory: LoadMemory): string[] {
  const things = [
    ...memory.idsOf('payment').flatMap((id) => [
      ['payment.created', id],
      ['payment.succeeded', id],
    ]),
    ...memory.idsOf('refund').map((id) => ['refund.succeeded', id]),
  ]
  return apps.flatMap(({ sink }) =>
    things
      .filter(([type = '', id = '']) => sink.idsOf(type, id).length > 1)
      .map(([type, id]) => `I7: ${type} of ${id} was told under several ids`),
  )
}

/** I8: no secret and nothing about a person in any log. */
async function leaks(platform: FaultPlatform): Promise<string[]> {
  const secrets = Object.entries(platform.secrets).filter(([, secret]) => secret !== '')
  const logs = await platform.logs()
  if (logs.size < 4) return [`I8: there are only ${logs.size} logs to look into`]
  return [...logs].flatMap(([name, text]) =>
    secrets
      .filter(([, secret]) => text.includes(secret))
      .map(([what]) => `I8: ${name} holds the ${what}`),
  )
}

/** I9: an app hears of what is its own, and of nothing else. */
function foreignEvents(apps: readonly FaultApp[]): string[] {
  return apps.flatMap(({ app_id, sink }) =>
    [...sink.events.values()]
      .filter(({ owner }) => owner !== null && owner !== app_id)
      .map(({ type, object_id }) => `I9: a stranger was told ${type} of ${object_id}`),
  )
}

async function foreignReads(apps: readonly FaultApp[], memory: LoadMemory): Promise<string[]> {
  const sample = memory.acknowledged.filter(({ kind }) => kind === 'payment').slice(-STRANGERS_READ)
  const problems = await Promise.all(
    sample.map(async ({ app, answer }) => {
      const stranger = apps.find((other) => other !== app)
      const id = idOf(answer)
      const heard = await stranger?.bursar.payments.get(id).then(
        () => 'it',
        (error) => describe(error),
      )
      return heard === '404 payment_not_found' ? [] : [`I9: a stranger asked for ${id}: ${heard}`]
    }),
  )
  return problems.flat()
}

/** A hundred like it say no more. */
function few(problems: readonly string[]): string[] {
  if (problems.length <= SHOWN_MAX) return [...problems]
  return [...problems.slice(0, SHOWN_MAX), `… and ${problems.length - SHOWN_MAX} more`]
}
