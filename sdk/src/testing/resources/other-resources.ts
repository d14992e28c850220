import type {
  AdvanceTestClock,
  CreateTestClock,
  DeletedTestClock,
  Department,
  TestClock,
  UpdateDepartment,
} from '../../resources/types.js'
import { Answer, type Call, type Handler } from '../sandbox.call.js'
import { MAGIC_AMOUNTS } from '../sandbox.faults.js'
import { problemAt, SandboxProblem } from '../sandbox.problem.js'

export const DEPARTMENT_HANDLERS = {
  'departments.get': (call) => ownDepartment(call),
  'departments.update': (call) => Object.assign(ownDepartment(call), call.body<UpdateDepartment>()),
} satisfies Record<string, Handler>

export const TEST_HELPER_HANDLERS = {
  'testHelpers.clocks.advance': advanceClock,
  'testHelpers.clocks.create': createClock,
  'testHelpers.clocks.delete': deleteClock,
  'testHelpers.clocks.get': (call) => shownClock(call, call.id),
  'testHelpers.clocks.list': (call) => ({
    object: 'list',
    data: call.world.testClocks.all().map(({ wire }) => shownClock(call, wire.id)),
  }),
  'testHelpers.magicAmounts.list': () => ({
    object: 'list',
    data: Array.from(MAGIC_AMOUNTS, ([amount, fault]) => ({
      ...{ object: 'magic_amount', amount, currency: 'CNY', fault, description: fault },
    })),
  }),
} satisfies Record<string, Handler>

function ownDepartment({ id, world }: Call): Department {
  if (id === world.department.id) return world.department
  const message = `No such department, or it is not yours: ${id}.`
  throw new SandboxProblem('department_not_found', message)
}

/** The sandbox has its clock anyway; the object only gives it a name. */
async function createClock(call: Call): Promise<Answer> {
  const { world } = call
  const [known] = world.testClocks.all()
  if (known) {
    const message = `The app has the clock ${known.wire.id}: set that one forward, or delete it first.`
    throw new SandboxProblem('test_clock_exists', message)
  }
  const { now } = call.body<CreateTestClock>()
  if (now !== undefined) await goTo(call, now, '/now')
  const moment = world.timestamp()
  const wire: TestClock = {
    id: world.newId('clk'),
    object: 'test_clock',
    livemode: false,
    now: moment,
    status: 'ready',
    created_at: moment,
    updated_at: moment,
  }
  world.testClocks.add({ wire })
  return Answer.created(wire)
}

async function advanceClock(call: Call): Promise<TestClock> {
  shownClock(call, call.id)
  const { by, to } = call.body<AdvanceTestClock>()
  if ((by === undefined) === (to === undefined)) {
    throw problemAt('field_value_invalid', 'name one of to and by', '/to')
  }
  if (to === undefined) await call.world.clock.advance({ seconds: by ?? 0 })
  else await goTo(call, to, '/to')
  return shownClock(call, call.id)
}

async function goTo({ world }: Call, moment: string, pointer: string): Promise<void> {
  if (new Date(moment) < world.clock.now()) {
    const message = 'A clock goes forward only: what happened stays in the past.'
    throw problemAt('test_clock_backward', message, pointer)
  }
  await world.clock.advanceTo(new Date(moment))
}

function deleteClock(call: Call): DeletedTestClock {
  const { id } = shownClock(call, call.id)
  call.world.testClocks.delete(id)
  return { id, object: 'test_clock', deleted: true }
}

function shownClock({ world }: Call, id: string): TestClock {
  const wire = world.testClocks.get(id)?.wire
  if (wire) return Object.assign(wire, { now: world.timestamp() })
  throw new SandboxProblem('test_clock_not_found', `No such test clock, or it is not yours: ${id}`)
}
