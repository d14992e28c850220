/** What the bridge says. It proves nothing: whether it was paid is asked of the server. */
export type BridgeOutcome = 'done' | 'cancelled' | 'failed' | 'absent'

type Parameters = Record<string, string>

const READY_TIMEOUT_MS = 3_000

/**
 * Hands the parameters to the app that the page runs in. WeChat: `getBrandWCPayRequest` of WeixinJSBridge,
 * whose `err_msg` ends in ok, cancel or fail (WeChat Pay, JSAPI 调起支付). Alipay: `tradePay` of
 * AlipayJSBridge, whose `resultCode` is 9000 when done and 6001 when cancelled (支付宝 JSAPI tradePay).
 */
export async function invokeBridge(parameters: Parameters): Promise<BridgeOutcome> {
  const isReady = () => 'WeixinJSBridge' in window || 'AlipayJSBridge' in window
  if (!isReady()) await bridgeReady()
  if (window.WeixinJSBridge) return invokeWechat(window.WeixinJSBridge, parameters)
  if (window.AlipayJSBridge) return invokeAlipay(window.AlipayJSBridge, parameters)
  return 'absent'
}

/** Both apps put their bridge into the page some time after it was loaded, and say so. */
function bridgeReady(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, READY_TIMEOUT_MS)
    document.addEventListener('WeixinJSBridgeReady', () => resolve(), { once: true })
    document.addEventListener('AlipayJSBridgeReady', () => resolve(), { once: true })
  })
}

function invokeWechat(bridge: WechatBridge, parameters: Parameters): Promise<BridgeOutcome> {
  return new Promise((resolve) => {
    bridge.invoke('getBrandWCPayRequest', parameters, ({ err_msg = '' }) => {
      if (err_msg.endsWith(':ok')) resolve('done')
      else resolve(err_msg.endsWith(':cancel') ? 'cancelled' : 'failed')
    })
  })
}

function invokeAlipay(bridge: AlipayBridge, parameters: Parameters): Promise<BridgeOutcome> {
  return new Promise((resolve) => {
    bridge.call('tradePay', parameters, ({ resultCode }) => {
      if (`${resultCode}` === '9000') resolve('done')
      else resolve(`${resultCode}` === '6001' ? 'cancelled' : 'failed')
    })
  })
}

interface WechatBridge {
  invoke(name: string, parameters: Parameters, answer: (result: { err_msg?: string }) => void): void
}

interface AlipayBridge {
  call(
    name: string,
    parameters: Parameters,
    answer: (result: { resultCode?: string | number }) => void,
  ): void
}

declare global {
  interface Window {
    WeixinJSBridge?: WechatBridge
    AlipayJSBridge?: AlipayBridge
  }
}
