import { describe, expect, test } from '@jest/globals'
import { mayInDepartment } from './role.texts.js'

const NOBODY = { roles: [], departments: [] }

describe('a permission in a department', () => {
  test('comes from a role that is held there, and not from one held elsewhere', () => {
    const departments = [{ department: 'dept_1', role: 'developer' }]
    const developer = { ...NOBODY, departments }
    expect(mayInDepartment(developer, 'dept_1', 'apps:create')).toBe(true)
    expect(mayInDepartment(developer, 'dept_2', 'apps:create')).toBe(false)
    expect(mayInDepartment(developer, 'dept_1', 'apps:approve')).toBe(false)
  })

  test('comes from a role of the whole institution, if that reaches into departments', () => {
    expect(mayInDepartment({ ...NOBODY, roles: ['platform_admin'] }, 'd', 'apps:create')).toBe(true)
    expect(mayInDepartment({ ...NOBODY, roles: ['developer'] }, 'd', 'apps:create')).toBe(false)
  })

  test('is nobody’s who holds no role', () => {
    expect(mayInDepartment(NOBODY, 'dept_1', 'apps:create')).toBe(false)
  })
})
