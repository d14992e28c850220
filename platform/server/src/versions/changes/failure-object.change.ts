import {
  isWireObject,
  replaceMember,
  type VersionChange,
  type WireObject,
} from '../version-change.js'

/** A failure was two members that were always null together; now it is there or it is not. */
function split(newer: WireObject): WireObject {
  const failure = isWireObject(newer.failure) ? newer.failure : { code: null, message: null }
  return replaceMember(newer, 'failure', {
    failure_code: failure.code,
    failure_message: failure.message,
  })
}

export const failureObject: VersionChange = {
  description: {
    en: '`failure_code` and `failure_message` of payments and refunds became one object, `failure`, which is null as long as nothing failed.',
    'zh-CN':
      '付款与退款的 `failure_code`、`failure_message` 合并为对象 `failure`；未失败时为 null。',
  },
  components: ['Payment', 'Refund'],
  responses: { payment: split, refund: split },
  requests: {},
}
