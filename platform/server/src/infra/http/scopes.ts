import { isOwnScope, OWN_SCOPES, type OwnScopeName } from './own-scopes.js'

/** What a scope allows, in the words of the console, the consent page and the documentation. */
export interface ScopeText {
  readonly scope: string
  readonly zh: string
  readonly en: string
}

/** What an app may do by itself. Routes name theirs with `@Scopes`, which takes no other. */
const APP_SCOPE_TABLE = [
  {
    scope: 'bills:read',
    zh: '查看缴费单和收费项目',
    en: 'See bills and fee items',
  },
  {
    scope: 'bills:write',
    zh: '创建、修改和作废缴费单，维护收费项目',
    en: 'Create, change and void bills, and keep fee items',
  },
  {
    scope: 'payments:read',
    zh: '查看支付单和业务单',
    en: 'See payments and checkouts',
  },
  {
    scope: 'payments:write',
    zh: '发起和关闭支付单，创建和取消业务单',
    en: 'Start and close payments, create and cancel checkouts',
  },
  {
    scope: 'refunds:read',
    zh: '查看退款单',
    en: 'See refunds',
  },
  {
    scope: 'refunds:write',
    zh: '发起退款',
    en: 'Give money back',
  },
  {
    scope: 'payers:read',
    zh: '查看缴费人及其个人信息',
    en: 'See payers and their personal data',
  },
  {
    scope: 'payers:write',
    zh: '登记和修改缴费人',
    en: 'Register and change payers',
  },
  {
    scope: 'webhooks:read',
    zh: '查看事件、回调地址和投递记录',
    en: 'See events, webhook endpoints and what was delivered',
  },
  {
    scope: 'webhooks:write',
    zh: '添加、修改和删除回调地址',
    en: 'Add, change and delete webhook endpoints',
  },
  {
    scope: 'keys:read',
    zh: '查看应用的密钥（公钥）及其最近使用时间',
    en: 'See the app’s keys and when they were last used',
  },
  {
    scope: 'keys:write',
    zh: '添加、收窄、轮换和吊销应用的密钥',
    en: 'Add, narrow, rotate and revoke the app’s keys',
  },
  {
    scope: 'logs:read',
    zh: '查看应用的接口调用日志',
    en: 'See the log of the app’s calls',
  },
] as const satisfies readonly ScopeText[]

export type AppScope = (typeof APP_SCOPE_TABLE)[number]['scope']
export type Scope = AppScope | OwnScopeName

/** What a payer may let an app see; the consent page says more of each. */
const OWN_SCOPE_TABLE = Object.keys(OWN_SCOPES)
  .filter(isOwnScope)
  .map((scope) => ({ scope, zh: OWN_SCOPES[scope].zh.title, en: OWN_SCOPES[scope].en.title }))

/**
 * Every scope there is: the one table. Apps and keys are given theirs from it; the OpenAPI document and
 * docs/reference/scopes.md repeat it. It stands this low because decorators do.
 */
export const SCOPE_TABLE: readonly (ScopeText & { readonly scope: Scope })[] = [
  ...APP_SCOPE_TABLE,
  ...OWN_SCOPE_TABLE,
]

export const SCOPES: readonly Scope[] = SCOPE_TABLE.map(({ scope }) => scope)

export function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text)
}
