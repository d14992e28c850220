import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import enUs from 'antd/es/locale/en_US.js'
import zhCn from 'antd/es/locale/zh_CN.js'
import { type ReactNode, useMemo, useSyncExternalStore } from 'react'
import { createApi } from '../api/api.client.js'
import { ApiContext, type ApiValue } from '../api/api.context.js'
import { workplaceOf } from '../api/workplace.rules.js'
import { useLanguage } from '../i18n/language.provider.js'
import { themeOf } from '../ui/theme.rules.js'
import { pageNonce } from './style-nonce.js'

const FRESH_MS = 10_000
const DARK = window.matchMedia('(prefers-color-scheme: dark)')

const queries = new QueryClient({
  // The SDK repeats what may be repeated; a second layer above it would only multiply the waiting.
  defaultOptions: { queries: { staleTime: FRESH_MS, retry: false }, mutations: { retry: false } },
})

const workplace = workplaceOf(window.location.pathname)
const api: ApiValue = {
  workplace,
  institution: createApi(null),
  bursar: workplace === null ? null : createApi(workplace),
}

export function ConsoleProviders({ children }: { children: ReactNode }) {
  const { language } = useLanguage()
  const scheme = useSyncExternalStore(watchScheme, () => (DARK.matches ? 'dark' : 'light'))
  const theme = useMemo(() => themeOf(scheme, readToken), [scheme])
  return (
    <ConfigProvider
      csp={{ nonce: pageNonce }}
      locale={language === 'zh' ? zhCn : enUs}
      theme={theme}
      button={{ autoInsertSpace: false }}
    >
      <App component={false}>
        <QueryClientProvider client={queries}>
          <ApiContext value={api}>{children}</ApiContext>
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}

function watchScheme(notify: () => void): () => void {
  DARK.addEventListener('change', notify)
  return () => DARK.removeEventListener('change', notify)
}

function readToken(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
