export const CAMPUS_LANGUAGES = ['zh', 'en'] as const
export type CampusLanguage = (typeof CAMPUS_LANGUAGES)[number]

const zh = {
  html_lang: 'zh-CN',
  title: '统一身份认证',
  simulated: '模拟环境：无需密码，可用任何学工号登录',
  lead: '请选择或输入学工号',
  pick: '最近登录',
  number: '学号或工号',
  number_hint: '即缴费人（payer）的 number',
  name: '姓名（可不填）',
  sign_in: '登录',
  cancel: '取消登录',
  refused: '无法登录',
  bad_client: '应用未登记，或返回地址与登记的不一致。',
  bad_request: '登录请求缺少 state，或没有使用 PKCE（S256）。',
  other_language: 'English',
}

export type CampusText = Readonly<Record<keyof typeof zh, string>>

const en: CampusText = {
  html_lang: 'en',
  title: 'Campus sign-in',
  simulated: 'Simulation: no password, sign in with any number',
  lead: 'Pick a number or type one',
  pick: 'Signed in here before',
  number: 'Student or employee number',
  number_hint: 'The number of a payer',
  name: 'Name (optional)',
  sign_in: 'Sign in',
  cancel: 'Cancel',
  refused: 'Cannot sign in',
  bad_client: 'The application is not registered, or its return address is another one.',
  bad_request: 'The request lacks a state, or does not use PKCE (S256).',
  other_language: '中文',
}

export const CAMPUS_TEXTS: Readonly<Record<CampusLanguage, CampusText>> = { zh, en }
