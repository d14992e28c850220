const zh = {
  lang: 'zh-CN',
  other: { code: 'en', label: 'English' },
  title: '校园报名',
  courses: '课程',
  intro: '选一门课，填写学号和姓名，到收银台付款即报名成功。',
  fee: '费用',
  left: (count) => (count === 0 ? '已报满' : `余 ${count} 个名额`),
  enrol: '报名',
  pay: '去缴费',
  student_no: '学号',
  name: '姓名',
  submit: '报名并缴费',
  back: '返回课程列表',
  number: '报名号',
  withdraw: '退课',
  withdraw_note: (refund, kept) => `退课将退还 ${refund}，收取手续费 ${kept}。`,
  refund: '退款金额',
  events: '平台发来的通知',
  no_events: '还没有收到。',
  status: {
    waiting: '待缴费',
    paid: '已缴费',
    cancelled: '已取消',
    refunding: '退款中',
    refunded: '已退款',
    refund_failed: '退款失败，请联系主办方',
  },
  hints: {
    waiting: '付款后，本页会自动更新。',
    refunding: '退款处理中，本页会自动更新。',
  },
  problems: {
    full: '这门课已经报满了。',
    invalid: '请填写学号（4 到 20 位字母或数字）和姓名。',
    payer_conflict: '这个学号登记的姓名与您填写的不同，请核对。',
    unavailable: '暂时联系不上收银台。您的报名已经保存，请稍后再点“去缴费”，不会重复收费。',
    not_found: '没有这个页面。',
  },
}

const en = {
  lang: 'en',
  other: { code: 'zh', label: '中文' },
  title: 'Campus courses',
  courses: 'Courses',
  intro: 'Choose a course, give your student number and name, and pay at the cashier.',
  fee: 'Fee',
  left: (count) => (count === 0 ? 'Full' : `${count} places left`),
  enrol: 'Enrol',
  pay: 'Go to payment',
  student_no: 'Student number',
  name: 'Name',
  submit: 'Enrol and pay',
  back: 'All courses',
  number: 'Enrolment',
  withdraw: 'Withdraw',
  withdraw_note: (refund, kept) => `You get ${refund} back; ${kept} is kept as a fee.`,
  refund: 'Refund',
  events: 'What the platform told us',
  no_events: 'Nothing yet.',
  status: {
    waiting: 'Waiting for payment',
    paid: 'Paid',
    cancelled: 'Cancelled',
    refunding: 'Refund under way',
    refunded: 'Refunded',
    refund_failed: 'The refund failed; please ask the organiser',
  },
  hints: {
    waiting: 'This page changes by itself once you have paid.',
    refunding: 'This page changes by itself once the money is on its way.',
  },
  problems: {
    full: 'This course is full.',
    invalid: 'Please give a student number (4 to 20 letters or digits) and a name.',
    payer_conflict: 'This student number is registered under another name. Please check both.',
    unavailable:
      'The cashier cannot be reached. Your place is kept: press “Go to payment” again in a while. You will not be charged twice.',
    not_found: 'There is no such page.',
  },
}

const TEXTS = { zh, en }

/** The language that was chosen (?lang=, then kept in a cookie), or else the browser's. */
export function languageOf(request, url) {
  const chosen =
    url.searchParams.get('lang') ?? /\blang=(zh|en)\b/.exec(request.headers.cookie)?.[1]
  if (chosen === 'zh' || chosen === 'en') return chosen
  return /^\s*en/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'zh'
}

export function textsOf(language) {
  return { ...TEXTS[language], code: language }
}
