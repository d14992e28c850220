import type { NumberType, PAYER_KINDS } from '../payers/payer.types.js'

/** Six digits that open the wallet of every test payer. Nothing about these people is secret. */
export const TEST_PIN = '246810'

/** Under this name a test payer that somebody made carries their number in the clear. */
export const TEST_NUMBER_KEY = 'test_payer_number'
export const TEST_NAME_KEY = 'test_payer_name'

export interface TestPerson {
  readonly kind: (typeof PAYER_KINDS)[number]
  readonly number_type: NumberType
  readonly number: string
  readonly name: string
  readonly has_wallet: boolean
}

const student = { kind: 'student', number_type: 'student_no', has_wallet: true } as const

/** Those that the demo institution has from the start, as docs/guides tell. */
export const TEST_PAYERS: readonly TestPerson[] = [
  { ...student, number: 'S20260001', name: '王小明' },
  { ...student, number: 'S20260002', name: '李小红' },
  { ...student, number: 'S20260003', name: '赵小刚' },
  {
    ...{ kind: 'employee', number_type: 'employee_no', has_wallet: true },
    ...{ number: 'E20260001', name: '陈静' },
  },
  {
    ...{ kind: 'outsider', number_type: 'certificate_no', has_wallet: false },
    ...{ number: 'V20260001', name: '周海' },
  },
]

/** What a made-up person is called when nobody says. */
export const NUMBER_TYPE_OF = {
  student: 'student_no',
  employee: 'employee_no',
  outsider: 'certificate_no',
} as const satisfies Record<TestPerson['kind'], TestPerson['number_type']>
