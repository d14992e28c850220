import type { ConsoleAccessErrorCode } from './console-access.errors.js'

export const PAGE_LANGUAGES = ['zh', 'en'] as const
export type PageLanguage = (typeof PAGE_LANGUAGES)[number]

interface NoticeText {
  readonly title: string
  readonly detail: string
}

export interface PageText {
  readonly html_lang: string
  readonly this_language: string
  readonly other_language: string
  readonly switch_language: string
  readonly site: string
  readonly promise: string
  readonly sign_in_again: string
  readonly sign_in: {
    readonly title: string
    readonly login: string
    readonly password: string
    readonly submit: string
    readonly wrong: string
    readonly locked: (minutes: number) => string
    readonly help: string
  }
  readonly code: {
    readonly title: string
    readonly lead: string
    readonly code: string
    readonly submit: string
    readonly wrong: string
    readonly recovery: string
  }
  readonly enrol: {
    readonly title: string
    readonly lead: string
    readonly by_hand: string
    readonly code: string
    readonly submit: string
    readonly wrong: string
    readonly demo: string
    readonly skip: string
  }
  readonly kept: {
    readonly title: string
    readonly lead: string
    readonly go_on: string
  }
  readonly join: {
    readonly title: (institution: string) => string
    readonly lead: (login: string) => string
    readonly password: string
    readonly again: string
    readonly rule: string
    readonly submit: string
    readonly differs: string
    readonly weak: string
    readonly campus: string
    readonly campus_submit: string
  }
  readonly notices: Readonly<Record<ConsoleAccessErrorCode | 'trouble' | 'not_found', NoticeText>>
}

const zh: PageText = {
  html_lang: 'zh-CN',
  this_language: '中文',
  other_language: 'English',
  switch_language: '切换语言',
  site: 'OpenBursar 控制台',
  promise: 'OpenBursar 控制台',
  sign_in_again: '重新登录',
  sign_in: {
    title: '登录控制台',
    login: '登录名或邮箱',
    password: '密码',
    submit: '登录',
    wrong: '登录名或密码不正确。',
    locked: (minutes) => `尝试次数过多，请约 ${minutes} 分钟后再试。`,
    help: '忘记密码或还没有账号？请联系您机构的平台管理员。',
  },
  code: {
    title: '输入验证码',
    lead: '打开手机上的身份验证器，输入显示的 6 位数字。',
    code: '验证码',
    submit: '继续',
    wrong: '验证码不正确或已经用过，请等待下一个验证码。',
    recovery: '手机不在身边？也可以输入一个恢复码，每个恢复码只能用一次。',
  },
  enrol: {
    title: '设置两步验证',
    lead: '您的角色涉及资金或管理，登录时需要手机验证码。请用身份验证器（如 Google Authenticator、Microsoft Authenticator）扫描二维码。',
    by_hand: '无法扫描时，手动输入密钥：',
    code: '身份验证器显示的 6 位数字',
    submit: '完成设置',
    wrong: '验证码不正确。请核对手机时间后再试。',
    demo: '这是演示机构，没有真实数据。可以暂时跳过，此时只能使用测试模式。',
    skip: '暂时跳过，只用测试模式',
  },
  kept: {
    title: '请保存恢复码',
    lead: '手机丢失时，可以用恢复码登录，每个只能用一次。它们只显示这一次，请保存在安全的地方。',
    go_on: '我已保存，进入控制台',
  },
  join: {
    title: (institution) => `加入 ${institution}`,
    lead: (login) => `您将以 ${login} 登录。请设置密码。`,
    password: '新密码',
    again: '再输入一次',
    rule: '至少 12 个字符，一句话最好记。',
    submit: '设置密码并加入',
    differs: '两次输入的密码不同。',
    weak: '密码太短或太容易猜到。请使用至少 12 个字符、不含登录名和常见词的密码。',
    campus: '请用您机构的统一身份认证登录，即可加入。',
    campus_submit: '前往登录',
  },
  notices: {
    console_sign_in_expired: { title: '登录已超时', detail: '请重新登录。' },
    console_sign_in_cancelled: { title: '没有登录', detail: '您取消了登录。' },
    console_sign_in_failed: {
      title: '登录没有成功',
      detail: '这次登录不是从这个浏览器开始的，或者链接已经用过。请重新登录。',
    },
    console_person_unknown: {
      title: '您还不能使用控制台',
      detail: '身份认证成功，但您没有受邀加入，或者账号已停用。请联系您机构的平台管理员。',
    },
    console_identity_provider_down: {
      title: '身份认证暂时不可用',
      detail: '请过一会儿再试。',
    },
    console_form_foreign: {
      title: '请从本站页面提交',
      detail: '为了您的安全，这次提交没有被接受。请重新打开页面再试。',
    },
    console_invitation_over: {
      title: '邀请已失效',
      detail: '邀请链接只能用一次，72 小时内有效。请联系邀请您的人。',
    },
    trouble: { title: '出了点问题', detail: '请稍后再试。' },
    not_found: { title: '没有这个页面', detail: '请检查地址。' },
  },
}

const en: PageText = {
  html_lang: 'en',
  this_language: 'English',
  other_language: '中文',
  switch_language: 'Change language',
  site: 'OpenBursar console',
  promise: 'OpenBursar console',
  sign_in_again: 'Sign in again',
  sign_in: {
    title: 'Sign in to the console',
    login: 'Login or e-mail',
    password: 'Password',
    submit: 'Sign in',
    wrong: 'The login or the password is not right.',
    locked: (minutes) => `Too many tries. Try again in about ${minutes} min.`,
    help: 'No account, or forgot your password? Ask your institution’s platform administrator.',
  },
  code: {
    title: 'Enter the code',
    lead: 'Open the authenticator on your phone and enter the 6 digits that it shows.',
    code: 'Code',
    submit: 'Continue',
    wrong: 'The code is not right, or was used before. Wait for the next one.',
    recovery: 'No phone at hand? A recovery code works too, each of them once.',
  },
  enrol: {
    title: 'Set up two-step sign-in',
    lead: 'Your role is about money or administration, so signing in takes a code from your phone. Scan this with an authenticator, such as Google Authenticator or Microsoft Authenticator.',
    by_hand: 'Cannot scan? Enter this key by hand:',
    code: 'The 6 digits that the authenticator shows',
    submit: 'Finish',
    wrong: 'The code is not right. Check the time on your phone, then try again.',
    demo: 'This is the demo institution: nothing in it is real. You may skip this for now, and then only test mode is open to you.',
    skip: 'Skip for now, test mode only',
  },
  kept: {
    title: 'Keep your recovery codes',
    lead: 'When the phone is lost, each of these signs you in once. They are shown only now: keep them in a safe place.',
    go_on: 'I have kept them, go to the console',
  },
  join: {
    title: (institution) => `Join ${institution}`,
    lead: (login) => `You will sign in as ${login}. Choose a password.`,
    password: 'New password',
    again: 'Once more',
    rule: 'At least 12 characters. A sentence is easy to remember.',
    submit: 'Set the password and join',
    differs: 'The two are not the same.',
    weak: 'This is too short or too easy to guess. Use at least 12 characters, without your login and common words.',
    campus: 'Sign in with your institution’s own account to join.',
    campus_submit: 'Sign in',
  },
  notices: {
    console_sign_in_expired: { title: 'This took too long', detail: 'Sign in again.' },
    console_sign_in_cancelled: { title: 'Not signed in', detail: 'You cancelled it.' },
    console_sign_in_failed: {
      title: 'Signing in did not work',
      detail: 'It was not begun in this browser, or the link was used before. Sign in again.',
    },
    console_person_unknown: {
      title: 'The console is not open to you yet',
      detail:
        'We know who you are, but nobody has invited you, or your account was disabled. Ask your institution’s platform administrator.',
    },
    console_identity_provider_down: {
      title: 'Signing in is not possible right now',
      detail: 'Try again in a moment.',
    },
    console_form_foreign: {
      title: 'Send this from our own page',
      detail: 'For your safety it was not accepted. Open the page again and try once more.',
    },
    console_invitation_over: {
      title: 'This invitation is over',
      detail: 'The link works once, for 72 hours. Ask whoever invited you.',
    },
    trouble: { title: 'Something went wrong', detail: 'Try again later.' },
    not_found: { title: 'There is no such page', detail: 'Check the address.' },
  },
}

export const PAGE_TEXTS: Readonly<Record<PageLanguage, PageText>> = { zh, en }

/** The language that was chosen, or the browser's. */
export function pageLanguage(chosen: unknown, acceptLanguage: string | undefined): PageLanguage {
  if (chosen === 'zh' || chosen === 'en') return chosen
  return /^\s*en\b/i.test(acceptLanguage ?? '') ? 'en' : 'zh'
}
