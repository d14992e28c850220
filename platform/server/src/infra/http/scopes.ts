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
    scope: 'refunds:approve',
    zh: '复核退款：批准或驳回',
    en: 'Decide about refunds that somebody else asked for',
  },
  {
    scope: 'apps:read',
    zh: '查看本部门的应用',
    en: 'See the apps of the department',
  },
  {
    scope: 'departments:read',
    zh: '查看所属收费部门的设置',
    en: 'See what the department has decided about its money',
  },
  {
    scope: 'departments:write',
    zh: '修改所属收费部门的设置，例如退款复核限额',
    en: 'Change what the department decides, such as when refunds need approval',
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
    scope: 'wallets:read',
    zh: '查看校园卡账户及其余额和明细',
    en: 'See wallets, their balances and what moved them',
  },
  {
    scope: 'wallets:write',
    zh: '开立、充值、冻结和注销校园卡账户，设置密码和限额',
    en: 'Open, top up, freeze and close wallets, set their PINs and limits',
  },
  {
    scope: 'counter:read',
    zh: '在柜台查看待收款的单子',
    en: 'See what is to be paid at a counter',
  },
  {
    scope: 'counter:write',
    zh: '在柜台收款和付出退款',
    en: 'Take money and hand out refunds at a counter',
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
    scope: 'channel_accounts:read',
    zh: '查看渠道商户号、路由规则、健康状况和异常记录（不含密钥）',
    en: 'See channel accounts, routes, their health and incidents (never their secrets)',
  },
  {
    scope: 'channel_accounts:write',
    zh: '添加、修改、试用、停用渠道商户号，维护路由规则',
    en: 'Add, change, try and disable channel accounts, and keep routes',
  },
  {
    scope: 'limits:read',
    zh: '查看支付限额',
    en: 'See payment limits',
  },
  {
    scope: 'limits:write',
    zh: '设置支付限额',
    en: 'Set payment limits',
  },
  {
    scope: 'ledger:read',
    zh: '查看本机构的账户余额、分录和日根哈希',
    en: 'See the balances, entries and daily roots of the whole institution',
  },
  {
    scope: 'ledger:write',
    zh: '提交和复核更正分录',
    en: 'Ask for corrections of the books, and decide about those of others',
  },
  {
    scope: 'logs:read',
    zh: '查看应用的接口调用日志',
    en: 'See the log of the app’s calls',
  },
  {
    scope: 'reports:read',
    zh: '查看概况，检索单据，下载导出文件（内容以其他权限为限）',
    en: 'See overviews, search, and download exports, as far as the other scopes go',
  },
  {
    scope: 'reports:write',
    zh: '导出数据（内容以其他权限为限）',
    en: 'Export data, as far as the other scopes go',
  },
] as const satisfies readonly ScopeText[]

export type AppScope = (typeof APP_SCOPE_TABLE)[number]['scope']
/** What an app may be given: everything but what only payers grant. */
export const APP_SCOPES: readonly AppScope[] = APP_SCOPE_TABLE.map(({ scope }) => scope)
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
