import { defineMessages } from '../../i18n/feature-messages.js'

export const billMessages = defineMessages(
  {
    title: '缴费单',
    lead: '缴费单是一个缴费人对一个收费项目的欠费。',
    empty: '还没有缴费单。先建收费项目和缴费人，再调用 POST /v1/bills。',
    outBillNo: '商户侧单号',
    name: '内容',
    payer: '缴费人',
    feeItem: '收费项目',
    due: '应缴',
    paid: '已缴',
    refunded: '已退',
    lines: '明细',
    void: '作废',
    voidTitle: '作废这张缴费单？',
    voidDetail: '作废之后不能再缴，也不能恢复。已经缴过款的缴费单不能作废。',
  },
  {
    title: 'Bills',
    lead: 'A bill is what one payer owes for one fee item.',
    empty: 'No bills yet. Make a fee item and a payer, then call POST /v1/bills.',
    outBillNo: 'Your number',
    name: 'Title',
    payer: 'Payer',
    feeItem: 'Fee item',
    due: 'Due',
    paid: 'Paid',
    refunded: 'Given back',
    lines: 'Lines',
    void: 'Void',
    voidTitle: 'Void this bill?',
    voidDetail:
      'Nobody can pay it any more, and it can’t be brought back. A bill on which something was paid can’t be voided.',
  },
)
