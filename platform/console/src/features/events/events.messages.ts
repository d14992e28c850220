import { defineMessages } from '../../i18n/feature-messages.js'

export const eventMessages = defineMessages(
  {
    title: '事件',
    lead: '每一次变化都会成为一个事件，并投递到回调地址；也可以用 GET /v1/events 读取。',
    empty: '还没有事件。建一张缴费单或一笔支付单就会有。',
    type: '事件类型',
    about: '相关对象',
    apiVersion: '数据版本',
    payload: '当时的数据',
  },
  {
    title: 'Events',
    lead: 'Every change becomes an event and goes to your webhook endpoints; GET /v1/events reads them, too.',
    empty: 'No events yet. Make a bill or a payment, and there will be.',
    type: 'Type',
    about: 'Object',
    apiVersion: 'Data in version',
    payload: 'As it was then',
  },
)
