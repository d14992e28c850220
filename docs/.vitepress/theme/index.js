import DefaultTheme from 'vitepress/theme-without-fonts'
import { tokensOf } from './search-tokens.js'
import '../../../platform/console/src/ui/tokens.css'
import './style.css'

const YEAR_SECONDS = 31_536_000

/** VitePress's own theme in our colours, with a search that reads Chinese. */
export default {
  extends: DefaultTheme,
  enhanceApp({ router, siteData }) {
    // Not in the configuration: functions there are sent as text and made anew by eval, which our policy refuses.
    siteData.value.themeConfig.search.options.miniSearch = { options: { tokenize: tokensOf } }
    router.onAfterRouteChanged = (to) => {
      const language = /^\/docs\/(en|zh-CN)\//.exec(to)?.[1]
      if (!language || typeof document === 'undefined') return
      // Read by the platform when somebody comes to /docs, or to the page of an error.
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Safari before 18.4
      document.cookie = `bursar_docs_language=${language}; path=/docs; max-age=${YEAR_SECONDS}; samesite=lax`
    }
  },
}
