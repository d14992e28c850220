/** What a payer may let an app see, and what the consent page says about it. */
export const OWN_SCOPES = {
  'bills:read:own': {
    zh: {
      title: '查看您的缴费单',
      detail: '每张缴费单的名称、金额、截止时间，以及是否已经缴清',
    },
    en: {
      title: 'See your bills',
      detail: 'What each one is for, its amount, when it is due and whether it is paid',
    },
  },
  'payments:read:own': {
    zh: { title: '查看您的付款记录', detail: '您支付这些缴费单的时间、金额、方式和结果' },
    en: {
      title: 'See your payments',
      detail: 'When, how much and how you paid for your bills, and the result',
    },
  },
  'refunds:read:own': {
    zh: { title: '查看您的退款记录', detail: '退还给您的金额、时间、原因和进度' },
    en: {
      title: 'See your refunds',
      detail: 'How much is given back to you, when, why, and how far it is',
    },
  },
  'payers:read:own': {
    zh: {
      title: '确认您的身份',
      detail: '您的身份类别，以及隐去大部分字符的姓名、学工号和联系方式',
    },
    en: {
      title: 'Know who you are',
      detail: 'Your role, and your name, number and contacts with most characters hidden',
    },
  },
} as const

export type OwnScopeName = keyof typeof OWN_SCOPES

export function isOwnScope(scope: string): scope is OwnScopeName {
  return Object.hasOwn(OWN_SCOPES, scope)
}
