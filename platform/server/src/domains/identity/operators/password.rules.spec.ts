import { describe, expect, test } from '@jest/globals'
import { passwordProblem } from './password.rules.js'

const LOGIN = 'li.ming@example.edu'

describe('a new password', () => {
  test.each(['one long sentence', '校园卡充值在三号楼一层大厅办理', 'Xq7-Rw2-Lp9-Tz4'])(
    'may be %s',
    (password) => {
      expect(passwordProblem(password, LOGIN)).toBeNull()
    },
  )

  test.each([
    ['short one', 'too_short'],
    ['eleven char', 'too_short'],
    ['x'.repeat(129), 'too_long'],
    ['password1234', 'too_common'],
    ['aaaaaaaaaaaaaa', 'too_common'],
    ['li.ming@example.edu', 'too_common'],
    ['Openbursar123', 'too_common'],
  ])('may not be %s', (password, problem) => {
    expect(passwordProblem(password, LOGIN)).toBe(problem)
  })
})
