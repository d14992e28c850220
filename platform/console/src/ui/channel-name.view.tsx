import { useLanguage } from '../i18n/language.provider.js'
import { channelWords } from '../i18n/messages.types.js'

export function ChannelName({ code }: { code: string | null }) {
  const { messages } = useLanguage()
  return code === null ? '—' : channelWords(messages, code).name
}
