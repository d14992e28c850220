import { defineMessages } from '../../i18n/feature-messages.js'

export const checkoutMessages = defineMessages(
  {
    title: '业务单',
    lead: '业务单把一张或几张缴费单合在一起付；付清之前可以反复打开。',
    empty: '还没有业务单。有了缴费单之后调用 POST /v1/checkouts。',
    name: '内容',
    items: '包含的缴费单',
    payments: '支付单',
    showPayments: '查看它的支付单',
    cashier: '收银台',
    openCashier: '打开收银台',
    returnUrl: '付款后返回',
    cancel: '取消业务单',
    cancelTitle: '取消这张业务单？',
    cancelDetail: '付款人将不能再用它付款；缴费单仍然有效，可以另建业务单。',
  },
  {
    title: 'Checkouts',
    lead: 'A checkout brings one or more bills together to be paid; it can be opened again until they are.',
    empty: 'No checkouts yet. With a bill at hand, call POST /v1/checkouts.',
    name: 'Title',
    items: 'Bills in it',
    payments: 'Payments',
    showPayments: 'Show its payments',
    cashier: 'Cashier',
    openCashier: 'Open the cashier',
    returnUrl: 'Returns to',
    cancel: 'Cancel checkout',
    cancelTitle: 'Cancel this checkout?',
    cancelDetail:
      'The payer can’t pay with it any more. Its bills stay as they are and may go into another checkout.',
  },
)
