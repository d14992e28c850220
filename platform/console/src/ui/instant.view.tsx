import { useLanguage } from '../i18n/language.provider.js'
import { formatInstant } from './instant.format.js'

export function Instant({ at, withSeconds }: { at: string; withSeconds: boolean }) {
  const { messages } = useLanguage()
  const options = {
    withSeconds,
    deviceOffsetMinutes: -new Date(at).getTimezoneOffset(),
    zoneName: messages.zoneName,
  }
  return <time dateTime={at}>{formatInstant(at, options)}</time>
}
