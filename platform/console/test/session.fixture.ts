import type { Session } from '@openbursar/sdk'

const NOW = '2026-11-23T01:00:00.000Z'

/** As `GET /v1/session` answers. */
export function wireSession(changes: Partial<Session> = {}): Session {
  return {
    id: 'ses_01demo',
    object: 'session',
    livemode: false,
    created_at: NOW,
    metadata: {},
    operator: {
      id: 'opr_01demo',
      login: 'developer@demo.example',
      name: '陈晓',
      institution: 'inst_01demo',
      institution_name: '江南理工大学',
    },
    roles: [],
    departments: [{ department: 'dept_01academic', role: 'developer' }],
    permissions: ['apps:read', 'apps:create', 'departments:read'],
    apps: [
      {
        app: 'app_01course',
        name: '选课缴费系统',
        department: 'dept_01academic',
        department_name: '教务处',
        modes: ['test'],
        scopes: {
          test: ['payments:read', 'payments:write', 'keys:read', 'keys:write', 'webhooks:read'],
          live: [],
        },
      },
      {
        app: 'app_01dorm',
        name: '宿舍管理系统',
        department: 'dept_01dorm',
        department_name: '后勤处',
        modes: ['test', 'live'],
        scopes: { test: ['keys:read', 'keys:write'], live: ['keys:read'] },
      },
    ],
    has_more_apps: false,
    csrf_token: 'csrf-token-1',
    authenticated_at: NOW,
    step_up: { method: 'password', fresh_until: NOW },
    second_factor: { is_required: false, is_enrolled: false, is_proven: true },
    is_demo: true,
    expires_at: '2026-11-23T13:00:00.000Z',
    idle_seconds: 1800,
    ...changes,
  }
}
