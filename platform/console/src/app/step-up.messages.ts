import { defineMessages } from '../i18n/feature-messages.js'

export const stepUpMessages = defineMessages(
  {
    title: '请确认是您本人',
    detail: '接下来的操作涉及资金或密钥。验证后十分钟内不再询问。',
    code: '动态验证码',
    codeHint: '身份验证器中的六位数字，或一个恢复码',
    password: '登录密码',
    confirm: '确认',
    cancel: '取消',
    required: '请填写',
    signIn: '重新登录',
    signInDetail: '接下来的操作涉及资金或密钥，请重新登录后再试。登录后会回到这一页。',
  },
  {
    title: 'Please confirm it’s you',
    detail: 'What follows touches money or keys. You are not asked again for ten minutes.',
    code: 'Authentication code',
    codeHint: 'Six digits from your authenticator, or a recovery code',
    password: 'Password',
    confirm: 'Confirm',
    cancel: 'Cancel',
    required: 'Please fill this in',
    signIn: 'Sign in again',
    signInDetail:
      'What follows touches money or keys: sign in again first. You come back to this page.',
  },
)
