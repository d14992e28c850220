import {
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BankOutlined,
  BookOutlined,
  BugOutlined,
  ExperimentOutlined,
  FileTextOutlined,
  HomeOutlined,
  KeyOutlined,
  LineChartOutlined,
  PayCircleOutlined,
  ProfileOutlined,
  RollbackOutlined,
  SendOutlined,
  ShoppingOutlined,
  TagsOutlined,
  TeamOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons'
import type { ComponentType } from 'react'
import type { CurrentApp } from '../api/api.context.js'
import type { Session } from '../api/session.types.js'
import type { GroupName, PageName } from './shell.messages.js'

export interface NavEntry {
  readonly page: PageName
  readonly to: string
  readonly icon: ComponentType
  /** After `g`. */
  readonly key: string
  /** Shown where the person may use it; without a rule, always. */
  readonly isShown?: (session: Session, current: CurrentApp | null) => boolean
}

export interface NavGroup {
  readonly group: GroupName
  readonly entries: readonly NavEntry[]
}

/** The menu, and the shortcuts. A page of one app is listed with `inApp('payments:read')`. */
export const NAVIGATION: readonly NavGroup[] = [
  {
    group: 'work',
    entries: [
      { page: 'home', to: '/', icon: HomeOutlined, key: 'h', isShown: isNowhere },
      { page: 'overview', to: '/', icon: LineChartOutlined, key: 'i', isShown: isSomewhere },
    ],
  },
  {
    group: 'money',
    entries: [
      page('payments', 'payments', PayCircleOutlined, 'p', 'payments:read'),
      page('refunds', 'refunds', RollbackOutlined, 'r', 'refunds:read'),
      page('bills', 'bills', FileTextOutlined, 'b', 'bills:read'),
      page('checkouts', 'checkouts', ShoppingOutlined, 'c', 'payments:read'),
      page('payers', 'payers', TeamOutlined, 'y', 'payers:read'),
      page('feeItems', 'fee_items', TagsOutlined, 'f', 'bills:read'),
      page('channelAccounts', 'channel_accounts', BankOutlined, 'n', 'channel_accounts:read'),
      page('ledger', 'ledger/transactions', BookOutlined, 't', 'ledger:read'),
    ],
  },
  {
    group: 'develop',
    entries: [
      // The calls of programs: those of the console itself would drown them.
      page('requestLog', 'request_logs?credential=signature', ProfileOutlined, 'l', 'logs:read'),
      page('signatureDebugger', 'signature_debugger', BugOutlined, 'd', 'logs:read'),
      page('webhooks', 'webhook_endpoints', ApiOutlined, 'w', 'webhooks:read'),
      page('deliveries', 'webhook_deliveries', SendOutlined, 'm', 'webhooks:read'),
      page('events', 'events', ThunderboltOutlined, 'e', 'webhooks:read'),
      {
        page: 'sandbox',
        to: '/sandbox',
        icon: ExperimentOutlined,
        key: 's',
        isShown: (_session, current) => current?.workplace.mode === 'test',
      },
      { page: 'keys', to: '/keys', icon: KeyOutlined, key: 'k', isShown: inApp('keys:read') },
    ],
  },
  {
    group: 'settings',
    entries: [
      { page: 'apps', to: '/apps', icon: AppstoreOutlined, key: 'a' },
      {
        page: 'approvals',
        to: '/approvals',
        icon: AuditOutlined,
        key: 'v',
        isShown: ({ permissions }) => permissions.includes('apps:approve'),
      },
      {
        page: 'people',
        to: '/operators',
        icon: TeamOutlined,
        key: 'o',
        isShown: ({ permissions }) => permissions.includes('operators:read'),
      },
    ],
  },
]

function page(name: PageName, path: string, icon: ComponentType, key: string, scope: string) {
  return { page: name, to: `/${path}`, icon, key, isShown: inApp(scope) }
}

function isNowhere(_session: Session, current: CurrentApp | null): boolean {
  return current === null
}

function isSomewhere(_session: Session, current: CurrentApp | null): boolean {
  return current !== null
}

/** For what an app owns: shown within an app, to those who may read it. */
export function inApp(scope: string): NonNullable<NavEntry['isShown']> {
  return (_session, current) => current?.scopes.has(scope) ?? false
}

export function shownNavigation(session: Session, current: CurrentApp | null): NavGroup[] {
  return NAVIGATION.map(({ group, entries }) => ({
    group,
    entries: entries.filter(({ isShown }) => isShown?.(session, current) ?? true),
  })).filter(({ entries }) => entries.length > 0)
}
