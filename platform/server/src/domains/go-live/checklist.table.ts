/** A text in both languages of the console. */
export interface BothLanguages {
  readonly zh: string
  readonly en: string
}

interface ChecklistRow {
  readonly item: string
  /** Without it nobody may ask for live access. */
  readonly is_required: boolean
  readonly title: BothLanguages
  /** How to come by it. */
  readonly how: BothLanguages
}

/** What an app shows in the sandbox before it touches money. Each is seen, none is claimed. */
const TABLE = [
  {
    item: 'payment_succeeded',
    is_required: true,
    title: { zh: '收过一笔款', en: 'A payment succeeded' },
    how: {
      zh: '发起一笔支付单，在模拟手机页面付款。',
      en: 'Create a payment and pay it on the phone page.',
    },
  },
  {
    item: 'webhook_verified',
    is_required: true,
    title: { zh: '回调接收端通过评测', en: 'The webhook receiver passed its grading' },
    how: {
      zh: '在回调页面对接收端做一次评测，按评语改到全部通过。',
      en: 'Grade the endpoint on the webhooks page, and follow the advice until every case passes.',
    },
  },
  {
    item: 'signature_verified',
    is_required: true,
    title: { zh: '拒绝签名不对的回调', en: 'A wrongly signed webhook was refused' },
    how: {
      zh: '用平台给的密钥核验每个回调的签名，签名不对的返回 4xx；评测时会发一个签名不对的。',
      en: 'Verify the signature of every webhook and answer 4xx to a wrong one; the grading sends one.',
    },
  },
  {
    item: 'refund_tried',
    is_required: true,
    title: { zh: '退过一笔款', en: 'A refund succeeded' },
    how: { zh: '对一笔已付的支付单发起退款。', en: 'Refund a payment that was paid.' },
  },
  {
    item: 'unknown_outcome_handled',
    is_required: true,
    title: { zh: '会处理结果未知的下单', en: 'An unknown outcome was handled' },
    how: {
      zh: '先设置故障 timeout_after_acceptance 故障再下单；支付单变为 processing 后查询它，或等它的回调，不要另下一单。',
      en: 'Set the fault timeout_after_acceptance and create a payment. When it is processing, get it again or wait for its webhook; do not create another one.',
    },
  },
  {
    item: 'idempotency_retried',
    is_required: false,
    title: { zh: '用同一个幂等键重试过', en: 'A call was repeated with its Idempotency-Key' },
    how: {
      zh: '把同一个写请求用同一个 Idempotency-Key 再发一次，应得到同样的回答。',
      en: 'Send a write again with the same Idempotency-Key: the answer is the same.',
    },
  },
  {
    item: 'key_limited',
    is_required: false,
    title: { zh: '密钥限定了来源地址', en: 'A key is limited to addresses' },
    how: {
      zh: '给密钥设置允许的 IP 地址段。',
      en: 'Give a key the address ranges that it may call from.',
    },
  },
  {
    item: 'second_key_made',
    is_required: false,
    title: { zh: '轮换过密钥，或备有第二把', en: 'A key was rotated, or there is a second one' },
    how: {
      zh: '登记第二把公钥，或轮换现有的一把：真要换的那天就不会手忙脚乱。',
      en: 'Register a second public key or rotate one, so that the day you must is like any other.',
    },
  },
] as const satisfies readonly ChecklistRow[]

export type ChecklistItem = (typeof TABLE)[number]['item']
export const CHECKLIST: readonly (ChecklistRow & { readonly item: ChecklistItem })[] = TABLE
export const CHECKLIST_ITEMS = TABLE.map(({ item }) => item)

/** What proves an item: the first thing of its kind that the sandbox saw. */
export interface Evidence {
  readonly item: ChecklistItem
  /** Its id says what it is: req_… a call, dlv_… a delivery, ref_… a refund. */
  readonly object_id: string
  readonly seen_at: Date
}
