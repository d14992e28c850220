import {
  isWireObject,
  type RequestChange,
  replaceMember,
  type VersionChange,
  type WireObject,
} from '../version-change.js'

const grouped: RequestChange = {
  introduces: ['partial_payment'],
  forwards: group,
  pointers: {
    '/partial_payment/allowed': '/partial_payment_allowed',
    '/partial_payment/minimum': '/partial_payment_minimum',
  },
}

/** What the caller left out stays left out: an update says only what it changes. */
function group(older: WireObject): WireObject {
  const { partial_payment_allowed: allowed, partial_payment_minimum: minimum, ...rest } = older
  if (allowed === undefined && minimum === undefined) return rest
  const partial_payment = {
    ...(allowed === undefined ? {} : { allowed }),
    ...(minimum === undefined ? {} : { minimum }),
  }
  return { ...rest, partial_payment }
}

function flatten(newer: WireObject): WireObject {
  const { partial_payment: rules } = newer
  return replaceMember(newer, 'partial_payment', {
    partial_payment_allowed: isWireObject(rules) ? rules.allowed : false,
    partial_payment_minimum: isWireObject(rules) ? rules.minimum : null,
  })
}

export const partialPaymentObject: VersionChange = {
  description: {
    en: '`partial_payment_allowed` and `partial_payment_minimum` of fee items became the members `allowed` and `minimum` of one object, `partial_payment`.',
    'zh-CN':
      '收费项目的 `partial_payment_allowed`、`partial_payment_minimum` 合并为对象 `partial_payment` 的 `allowed`、`minimum`。',
  },
  components: ['FeeItem', 'CreateFeeItem', 'UpdateFeeItem'],
  responses: { fee_item: flatten },
  requests: { 'POST /v1/fee_items': grouped, 'POST /v1/fee_items/:id': grouped },
}
