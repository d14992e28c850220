import type { PayerAccessErrorCode } from './payer-access.errors.js'

export const PAGE_LANGUAGES = ['zh', 'en'] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]

type NoticeCode = PayerAccessErrorCode | 'trouble' | 'not_found' | 'app_mistaken'
interface NoticeText {
  readonly title: string
  readonly detail: string
}

export interface PageText {
  readonly html_lang: string
  readonly other_language: string
  readonly this_language: string
  readonly switch_language: string
  readonly site: string
  readonly test_tag: string
  readonly test_detail: string
  readonly promise: string
  readonly signed_in_as: string
  readonly consent: {
    readonly title: (app: string) => string
    readonly by: string
    readonly lead: string
    readonly already: string
    readonly limits: string
    readonly returns_to: string
    readonly allow: string
    readonly refuse: string
    readonly switch_payer: string
  }
  readonly grants: {
    readonly title: string
    readonly lead: string
    readonly none_title: string
    readonly none: string
    readonly since: string
    readonly revoke: string
    readonly revoke_label: (app: string) => string
    readonly revoked: string
    readonly sign_out: string
  }
  readonly signed_out: NoticeText
  readonly sign_in_again: string
  readonly try_again: string
  readonly notices: Readonly<Record<NoticeCode, NoticeText>>
}

const zh: PageText = {
  html_lang: 'zh-CN',
  other_language: 'English',
  this_language: '中文',
  switch_language: '切换语言',
  site: '缴费人授权',
  test_tag: '测试模式',
  test_detail: '数据均为模拟，没有真实款项',
  promise: '由 OpenBursar 提供授权服务',
  signed_in_as: '当前登录',
  consent: {
    title: (app) => `“${app}”想查看您的缴费信息`,
    by: '由以下部门提供',
    lead: '同意后，该应用可以：',
    already: '您此前已经同意：',
    limits:
      '该应用只能查看，不能替您付款，也看不到您的密码和其他人的信息。您可以随时在“我的授权”中撤回。',
    returns_to: '随后返回',
    allow: '同意',
    refuse: '不同意',
    switch_payer: '换一个账号',
  },
  grants: {
    title: '我的授权',
    lead: '以下应用可以查看您的缴费信息。撤回后几秒钟内，应用就不能再查看。',
    none_title: '没有任何授权',
    none: '目前没有应用可以查看您的缴费信息。',
    since: '授权时间',
    revoke: '撤回授权',
    revoke_label: (app) => `撤回对“${app}”的授权`,
    revoked: '已撤回，该应用不能再查看您的缴费信息。',
    sign_out: '退出登录',
  },
  signed_out: { title: '您已退出登录', detail: '使用公共设备时，请同时退出统一身份认证。' },
  sign_in_again: '重新登录',
  try_again: '重试',
  notices: {
    redirect_uri_invalid: { title: '无法继续', detail: '应用的返回地址没有登记。' },
    payer_sign_in_unavailable: {
      title: '这里还不能登录',
      detail: '该机构还没有为缴费人开通登录。请联系该机构的财务部门。',
    },
    payer_sign_in_cancelled: { title: '登录已取消', detail: '您没有登录，应用没有得到任何信息。' },
    payer_sign_in_failed: {
      title: '登录没有完成',
      detail: '登录用时过长，或者不是在这个浏览器里开始的。请重新登录。',
    },
    payer_unknown: {
      title: '没有找到您的缴费信息',
      detail:
        '您已通过统一身份认证，但该机构的缴费系统里没有与您学工号对应的缴费人。如有疑问，请联系财务部门。',
    },
    payer_request_expired: {
      title: '这个请求已经失效',
      detail: '它可能已经完成，或者等待时间过长。请回到应用，重新开始。',
    },
    payer_form_expired: {
      title: '页面已经过期',
      detail: '为了您的安全，什么都没有改变。请返回上一页，刷新后重试。',
    },
    payer_identity_provider_down: {
      title: '统一身份认证暂时没有响应',
      detail: '请稍等片刻再试。',
    },
    app_mistaken: {
      title: '无法继续',
      detail: '您使用的应用发来的请求有误，您没有做错什么。请返回该应用重试，或联系它的开发者。',
    },
    not_found: { title: '没有这个页面', detail: '请检查链接是否完整。' },
    trouble: { title: '暂时无法打开', detail: '问题在我们这边。请稍等片刻再试。' },
  },
}

const en: PageText = {
  html_lang: 'en',
  other_language: '中文',
  this_language: 'English',
  switch_language: 'Language',
  site: 'Access to your bills',
  test_tag: 'Test mode',
  test_detail: 'Simulated data, no real money',
  promise: 'Access is managed by OpenBursar',
  signed_in_as: 'Signed in as',
  consent: {
    title: (app) => `“${app}” asks to see your payment information`,
    by: 'Provided by',
    lead: 'If you allow it, the app may:',
    already: 'You allowed before:',
    limits:
      'The app can only look. It cannot pay for you, and it never sees your password or other people’s data. You can take this back at any time under “Apps with access”.',
    returns_to: 'Then you return to',
    allow: 'Allow',
    refuse: 'Don’t allow',
    switch_payer: 'Use another account',
  },
  grants: {
    title: 'Apps with access',
    lead: 'These apps may see your payment information. When you remove one, it loses access within seconds.',
    none_title: 'No app has access',
    none: 'At the moment no app can see your payment information.',
    since: 'Since',
    revoke: 'Remove access',
    revoke_label: (app) => `Remove access of “${app}”`,
    revoked: 'Removed. The app can no longer see your payment information.',
    sign_out: 'Sign out',
  },
  signed_out: {
    title: 'You are signed out',
    detail: 'On a shared device, sign out of your campus account as well.',
  },
  sign_in_again: 'Sign in again',
  try_again: 'Try again',
  notices: {
    redirect_uri_invalid: {
      title: 'Cannot continue',
      detail: 'The address the app wants you to return to is not registered.',
    },
    payer_sign_in_unavailable: {
      title: 'You cannot sign in here yet',
      detail:
        'This institution has not set up sign-in for payers. Please ask its finance department.',
    },
    payer_sign_in_cancelled: {
      title: 'Sign-in cancelled',
      detail: 'You are not signed in, and the app has learned nothing.',
    },
    payer_sign_in_failed: {
      title: 'Sign-in was not completed',
      detail: 'It took too long, or it was begun in another browser. Please sign in again.',
    },
    payer_unknown: {
      title: 'We found nothing to pay for you',
      detail:
        'Your campus account is fine, but this institution has no payer with your number. If you think that is wrong, please ask its finance department.',
    },
    payer_request_expired: {
      title: 'This request is no longer valid',
      detail: 'It may be done already, or it waited too long. Go back to the app and start again.',
    },
    payer_form_expired: {
      title: 'This page has expired',
      detail: 'For your safety nothing was changed. Go back, reload the page and try again.',
    },
    payer_identity_provider_down: {
      title: 'Campus sign-in does not respond',
      detail: 'Please wait a moment and try again.',
    },
    app_mistaken: {
      title: 'Cannot continue',
      detail:
        'The app that sent you here made a mistake; you did nothing wrong. Go back and try again, or ask its developer.',
    },
    not_found: {
      title: 'There is no such page',
      detail: 'Please check that the link is complete.',
    },
    trouble: {
      title: 'This page cannot be shown now',
      detail: 'The problem is on our side. Please wait a moment and try again.',
    },
  },
}

export const PAGE_TEXTS: Readonly<Record<PageLanguage, PageText>> = { zh, en }

export function isPageLanguage(text: unknown): text is PageLanguage {
  return PAGE_LANGUAGES.some((language) => language === text)
}

/** The choice made here, then the browser's first language that we speak (RFC 9110 section 12.5.4). */
export function pageLanguage(chosen: unknown, acceptLanguage: string | undefined): PageLanguage {
  if (isPageLanguage(chosen)) return chosen
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', quality = ''] = range.trim().split(/\s*;\s*q=/i)
      return { tag: tag.toLowerCase(), weight: quality === '' ? 1 : Number(quality) }
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag.slice(0, 2))
  return wanted.find(isPageLanguage) ?? 'zh'
}
