import { createContext, type ReactNode, useContext, useLayoutEffect, useState } from 'react'
import { enMessages } from './en.messages.js'
import { LANGUAGE_TAGS, type Language } from './language.rules.js'
import { readLanguage, storeLanguage } from './language.store.js'
import type { Messages } from './messages.types.js'
import { zhCnMessages } from './zh-cn.messages.js'

const MESSAGES: Record<Language, Messages> = { zh: zhCnMessages, en: enMessages }

interface LanguageValue {
  language: Language
  messages: Messages
  setLanguage: (language: Language) => void
}

const LanguageContext = createContext<LanguageValue>({
  language: 'zh',
  messages: zhCnMessages,
  setLanguage: () => {},
})

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(readLanguage)
  useLayoutEffect(() => {
    document.documentElement.lang = LANGUAGE_TAGS[language]
  }, [language])
  const value: LanguageValue = {
    language,
    messages: MESSAGES[language],
    setLanguage: (chosen) => {
      storeLanguage(chosen)
      setLanguage(chosen)
    },
  }
  return <LanguageContext value={value}>{children}</LanguageContext>
}

export function useLanguage(): LanguageValue {
  return useContext(LanguageContext)
}
