import { useLanguage } from '../i18n/language.provider.js'
import { LANGUAGE_TAGS, LANGUAGES, type Language } from '../i18n/language.rules.js'

const NAMES: Record<Language, string> = { zh: '中文', en: 'English' }

export function LanguageSwitch() {
  const { language, messages, setLanguage } = useLanguage()
  return (
    <fieldset className="language-switch">
      <legend className="visually-hidden">{messages.switchLanguage}</legend>
      {LANGUAGES.map((candidate) => (
        <button
          key={candidate}
          type="button"
          lang={LANGUAGE_TAGS[candidate]}
          aria-pressed={candidate === language}
          onClick={() => setLanguage(candidate)}
        >
          {NAMES[candidate]}
        </button>
      ))}
    </fieldset>
  )
}
