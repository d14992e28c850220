import type { SignatureInput } from '../../../../infra/crypto/http-signature.fields.js'
import { type Hypothesis, hypothesis } from './hypothesis.js'

/** A base taken apart: the lines of the components, and what the last line says of them. */
interface Layout {
  readonly lines: readonly string[]
  readonly list: readonly string[]
  readonly parameters: readonly string[]
}

const LAST = '"@signature-params": '
const CANONICAL_PARAMETERS = ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag']

/** Bases with the right values in the wrong places: order, missing lines, another last line. */
export function* layoutMistakes(base: string, input: SignatureInput): Generator<Hypothesis> {
  const layout = layoutOf(base)
  if (!layout) return
  const write = (changes: Partial<Layout>) => written({ ...layout, ...changes })
  yield* lastLineMistakes(base, input, write)
  for (const order of ordersOf(layout.lines)) {
    const detail =
      'The lines must stand in the order of the list in Signature-Input; you signed them in another order.'
    const lines = order.flatMap((index) => layout.lines[index] ?? [])
    yield hypothesis('component_order', detail, write({ lines }))
    const list = order.flatMap((index) => layout.list[index] ?? [])
    yield hypothesis(
      'component_order',
      `${detail} The list that you signed differs too.`,
      write({ lines, list }),
    )
    yield hypothesis(
      'component_order',
      'The list that you signed stands in another order than the one in Signature-Input.',
      write({ list }),
    )
  }
  for (const [index, name] of layout.list.entries()) {
    const lines = layout.lines.toSpliced(index, 1)
    const detail = `You did not sign the line of ${name}, but your Signature-Input lists it.`
    yield hypothesis('component_set', detail, write({ lines }))
    yield hypothesis(
      'component_set',
      detail,
      write({ lines, list: layout.list.toSpliced(index, 1) }),
    )
  }
  yield* parameterMistakes(layout, write)
}

type Write = (changes: Partial<Layout>) => string

function* lastLineMistakes(
  base: string,
  { label, serialized }: SignatureInput,
  write: Write,
): Generator<Hypothesis> {
  const lines = base.split('\n')
  const body = lines.slice(0, -1)
  const rule =
    'The last line is "@signature-params": and the value of Signature-Input after the label.'
  const ends: [string, string[]][] = [
    [`You signed no such line. ${rule}`, []],
    [`You signed the label ${label}= in it. ${rule}`, [`${LAST}${label}=${serialized}`]],
    [`You signed the parameters without that name. ${rule}`, [serialized]],
    [`You signed the header itself. ${rule}`, [`signature-input: ${label}=${serialized}`]],
    [`You signed it without quotes. ${rule}`, [`@signature-params: ${serialized}`]],
  ]
  for (const [detail, end] of ends)
    yield hypothesis('params_line', detail, [...body, ...end].join('\n'))
  yield hypothesis(
    'params_line',
    `You signed commas between the names. ${rule}`,
    write({}).replace(/\(([^)]*)\)(?=[^)]*$)/, (list) => list.replaceAll('" "', '", "')),
  )
}

function* parameterMistakes({ parameters }: Layout, write: Write): Generator<Hypothesis> {
  const order =
    'You signed the parameters in another order than the one in which Signature-Input has them. Write them once and use that text twice.'
  const nameOf = (parameter: string) => /^[a-z]*/.exec(parameter)?.[0] ?? ''
  const rank = (parameter: string) => CANONICAL_PARAMETERS.indexOf(nameOf(parameter))
  const orders = [
    parameters.toSorted((a, b) => rank(a) - rank(b)),
    parameters.toSorted(),
    parameters.toReversed(),
    // Many libraries begin with the key or the algorithm.
    [...parameters.filter(isKey), ...parameters.filter((each) => !isKey(each))],
  ]
  for (const each of orders) yield hypothesis('parameter_order', order, write({ parameters: each }))
  for (const [index, parameter] of parameters.entries()) {
    const detail = `Your Signature-Input has the parameter ${nameOf(parameter)}, but the string that you signed has not.`
    yield hypothesis('parameter_set', detail, write({ parameters: parameters.toSpliced(index, 1) }))
  }
}

const isKey = (parameter: string) => parameter.startsWith('keyid=')

function layoutOf(base: string): Layout | null {
  const all = base.split('\n')
  const last = all.at(-1) ?? ''
  const match = /^"@signature-params": \(([^)]*)\)((?:;[a-z]+=(?:"(?:[^"\\]|\\.)*"|\d+))*)$/.exec(
    last,
  )
  if (!match) return null
  const [, list = '', parameters = ''] = match
  return {
    lines: all.slice(0, -1),
    list: list.split(' '),
    parameters: parameters.match(/[a-z]+=(?:"(?:[^"\\]|\\.)*"|\d+)/g) ?? [],
  }
}

function written({ lines, list, parameters }: Layout): string {
  const end = parameters.map((parameter) => `;${parameter}`).join('')
  return [...lines, `${LAST}(${list.join(' ')})${end}`].join('\n')
}

/** Orders that programs like: reversed, by name, each pair of neighbours swapped. */
function ordersOf(lines: readonly string[]): number[][] {
  const indexes = lines.map((_, index) => index)
  const byName = indexes.toSorted((a, b) => ((lines[a] ?? '') < (lines[b] ?? '') ? -1 : 1))
  const swapped = indexes.slice(1).map((second) => {
    const order = [...indexes]
    order.splice(second - 1, 2, second, second - 1)
    return order
  })
  const asItIs = indexes.join()
  const seen = new Set([asItIs])
  return [byName, indexes.toReversed(), ...swapped].filter((order) => {
    if (seen.has(order.join())) return false
    seen.add(order.join())
    return true
  })
}
