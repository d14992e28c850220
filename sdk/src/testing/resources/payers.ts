import type { CreatePayer, Payer, PayersListQuery, UpdatePayer } from '../../resources/types.js'
import { Answer, type Call, found, type Handler } from '../sandbox.call.js'
import { SandboxProblem } from '../sandbox.problem.js'
import { saysTheSame } from '../sandbox.store.js'
import type { PayerRow, World } from '../sandbox.world.js'

export const PAYER_HANDLERS = {
  'payers.create': create,
  'payers.get': ({ id, world }) => requirePayer(world, id).wire,
  'payers.list': (call) => {
    const { kind, ...page } = call.query<PayersListQuery>()
    return call.world.payers.page(page, { kind })
  },
  'payers.update': update,
} satisfies Record<string, Handler>

export function requirePayer(world: World, id: string): PayerRow {
  const row = world.payers.get(id)
  if (row) return row
  throw new SandboxProblem('payer_not_found', `No such payer: ${id}.`)
}

function create(call: Call): Answer {
  const { world } = call
  const body = call.body<CreatePayer>()
  const number = normalNumber(body.number)
  const numberKey = `${body.number_type}:${number}`
  const known = world.payers.find((row) => row.number_key === numberKey)
  if (known) return existing(known, body)
  const personal = {
    name: body.name.normalize('NFC').trim(),
    phone: body.phone === undefined ? null : normalPhone(body.phone),
    email: body.email ?? null,
  }
  const wire: Payer = {
    id: world.newId('payer'),
    object: 'payer',
    livemode: false,
    kind: body.kind,
    number_type: body.number_type,
    number_masked: maskNumber(number),
    ...masked(personal),
    created_at: world.timestamp(),
    updated_at: world.timestamp(),
    metadata: body.metadata ?? {},
  }
  world.payers.add({ wire, number_key: numberKey, personal })
  return Answer.created(wire)
}

function existing({ personal, wire }: PayerRow, body: CreatePayer): Answer {
  const { email, kind, metadata, name, phone } = body
  const asked = {
    name: name.normalize('NFC').trim(),
    phone: phone === undefined ? undefined : normalPhone(phone),
    email,
  }
  if (saysTheSame(personal, asked) && saysTheSame(wire, { kind, metadata })) {
    return Answer.existing(wire)
  }
  throw new SandboxProblem(
    'payer_conflict',
    `This number belongs to payer ${wire.id}, with other details. Use it as it is, or update it.`,
  )
}

function update(call: Call): Payer {
  const row = found(call.world.payers.get(call.id), 'payer_not_found', call.id)
  const { email, metadata, name, phone } = call.body<UpdatePayer>()
  const { personal, wire } = row
  if (name !== undefined) personal.name = name.normalize('NFC').trim()
  if (phone !== undefined) personal.phone = phone === null ? null : normalPhone(phone)
  if (email !== undefined) personal.email = email
  if (metadata !== undefined) wire.metadata = metadata
  return Object.assign(wire, masked(personal), { updated_at: call.world.timestamp() })
}

/** People type full-width digits, spaces and lower-case letters, and mean the same person. */
const normalNumber = (number: string): string =>
  number.normalize('NFKC').replace(/\s+/g, '').toUpperCase()

const normalPhone = (phone: string): string => phone.replace(/[\s-]+/g, '')

function maskNumber(number: string): string {
  const characters = [...number]
  const shown = Math.min(4, Math.floor(characters.length / 3))
  return `****${shown === 0 ? '' : characters.slice(-shown).join('')}`
}

function masked({ email, name, phone }: PayerRow['personal']) {
  const at = email?.lastIndexOf('@') ?? -1
  return {
    name_masked: maskName(name),
    phone_masked: phone === null ? null : maskPhone(phone),
    email_masked: email === null ? null : `${at > 1 ? email.charAt(0) : ''}***${email.slice(at)}`,
  }
}

function maskName(name: string): string {
  const characters = [...name]
  if (characters.length < 2) return '*'
  const last = characters.length === 2 ? '' : characters.at(-1)
  return `${characters[0]}*${last}`
}

function maskPhone(phone: string): string {
  if (phone.length >= 11) return `${phone.slice(0, -8)}****${phone.slice(-4)}`
  return `****${phone.slice(-2)}`
}
