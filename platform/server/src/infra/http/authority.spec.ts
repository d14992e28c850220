import { describe, expect, test } from '@jest/globals'
import {
  type Authority,
  departmentsWith,
  needsSecondFactor,
  permissionsAnywhere,
  permissionsIn,
  scopesIn,
  withoutSecondFactor,
} from './authority.js'
import {
  APP_ROLE_ROWS,
  APP_ROLES,
  DEPARTMENT_ROLES,
  type DepartmentRole,
  ROLE_ROWS,
  ROLES,
  rowOfRole,
} from './roles.js'

const HERE = { app_id: 'app_1', department_id: 'dept_1' }
const THERE = { app_id: 'app_2', department_id: 'dept_2' }

const authority = (changes: Partial<Authority> = {}): Authority => ({
  roles: new Set(),
  departments: new Map(),
  apps: new Map(),
  is_test_only: false,
  ...changes,
})

describe('the table of roles', () => {
  test('gives nobody both halves of a refund in live mode', () => {
    for (const { role, live } of ROLE_ROWS) {
      const both = live.includes('refunds:write') && live.includes('refunds:approve')
      expect([role, both]).toEqual([role, false])
    }
  })

  test('lets whoever lets people in move no live money', () => {
    for (const { live, permissions } of ROLE_ROWS) {
      if (!permissions.includes('operators:write')) continue
      for (const scope of ['payments:write', 'refunds:write', 'refunds:approve', 'ledger:write']) {
        expect(live).not.toContain(scope)
      }
    }
  })

  test('asks everybody for a second factor who decides or moves something in live mode', () => {
    const harmless = ['keys:write', 'webhooks:write']
    for (const { role, live, needs_second_factor } of ROLE_ROWS) {
      const acts = live.some((scope) => !scope.endsWith(':read') && !harmless.includes(scope))
      if (acts) expect([role, needs_second_factor]).toEqual([role, true])
    }
  })

  test('shows developers no personal data of live payers', () => {
    for (const row of [rowOfRole('developer'), ...APP_ROLE_ROWS.slice(1)]) {
      expect(row.live).not.toContain('payers:read')
    }
  })

  test('has every name once, in two languages', () => {
    expect(new Set(ROLES).size).toBe(ROLES.length)
    expect(ROLE_ROWS.filter(({ reach }) => reach !== undefined)).toHaveLength(ROLES.length)
    expect([...DEPARTMENT_ROLES, 'platform_admin'].sort()).toEqual([...ROLES].sort())
    expect(APP_ROLE_ROWS.map(({ role }) => role)).toEqual([...APP_ROLES])
    for (const { zh, en } of [...ROLE_ROWS, ...APP_ROLE_ROWS]) expect(zh && en).not.toBe('')
  })
})

describe('what somebody may do', () => {
  test('is nothing without a role', () => {
    expect(scopesIn(authority(), HERE, false).size).toBe(0)
    expect(permissionsAnywhere(authority()).size).toBe(0)
  })

  test('in one app or department says nothing of another', () => {
    const member = authority({ apps: new Map([['app_1', 'owner']]) })
    expect(scopesIn(member, HERE, false).has('payments:write')).toBe(true)
    expect(scopesIn(member, THERE, false).size).toBe(0)
    const admin = authority({ departments: new Map([['dept_1', new Set(['department_admin'])]]) })
    expect(permissionsIn(admin, HERE).has('apps:approve')).toBe(true)
    expect(permissionsIn(admin, THERE).has('apps:approve')).toBe(false)
    expect(departmentsWith(admin, 'apps:approve')).toEqual(new Set(['dept_1']))
  })

  test('in the whole institution reaches every app, but for roles of departments', () => {
    const auditor = authority({ roles: new Set(['auditor']) })
    expect(scopesIn(auditor, THERE, true).has('ledger:read')).toBe(true)
    expect(departmentsWith(auditor, 'operators:read')).toBe('all')
    const developer = authority({ roles: new Set(['developer']) })
    expect(scopesIn(developer, HERE, false).size).toBe(0)
    expect(permissionsAnywhere(developer).has('apps:create')).toBe(true)
  })

  test('is the sum of all roles, in this mode', () => {
    const both = authority({ roles: new Set(['auditor']), apps: new Map([['app_1', 'owner']]) })
    expect(scopesIn(both, HERE, true).has('keys:write')).toBe(true)
    expect(scopesIn(both, HERE, true).has('ledger:read')).toBe(true)
    expect(scopesIn(both, HERE, true).has('payments:write')).toBe(false)
  })
})

describe('a session without a second factor', () => {
  const mixed = authority({
    roles: new Set(['finance_officer', 'developer']),
    departments: new Map([
      ['dept_1', new Set<DepartmentRole>(['department_admin', 'developer'])],
      ['dept_2', new Set<DepartmentRole>(['auditor'])],
    ]),
    apps: new Map([['app_1', 'viewer']]),
  })

  test('has the roles that ask for none', () => {
    const left = withoutSecondFactor(mixed, false)
    expect([...left.roles]).toEqual(['developer'])
    expect([...left.departments]).toEqual([['dept_1', new Set(['developer'])]])
    expect(left.apps).toEqual(mixed.apps)
    expect(needsSecondFactor(left)).toBe(false)
  })

  test('has all of them at the demo, in test mode alone', () => {
    const left = withoutSecondFactor(mixed, true)
    expect(left.roles).toEqual(mixed.roles)
    expect(scopesIn(left, HERE, false).has('payments:write')).toBe(true)
    expect(scopesIn(left, HERE, true).size).toBe(0)
  })

  test('is as good as any for who needs none', () => {
    const plain = authority({ apps: new Map([['app_1', 'owner']]) })
    expect(withoutSecondFactor(plain, true)).toBe(plain)
  })
})
