import type { ThemeConfig } from 'antd'
import { theme } from 'antd'

export type Scheme = 'light' | 'dark'

/** The component library's look, from the same tokens as our own style sheets: tokens.css is the one place. */
export function themeOf(scheme: Scheme, token: (name: string) => string): ThemeConfig {
  return {
    algorithm: scheme === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: token('--primary'),
      colorLink: token('--link'),
      colorInfo: token('--primary'),
      colorSuccess: token('--success'),
      colorError: token('--danger'),
      colorWarning: token('--notice'),
      colorText: token('--ink'),
      colorTextSecondary: token('--ink-soft'),
      colorTextTertiary: token('--ink-faint'),
      colorTextDescription: token('--ink-faint'),
      colorTextPlaceholder: token('--ink-faint'),
      colorBgBase: token('--card'),
      colorBgLayout: token('--paper'),
      colorBorder: token('--line-strong'),
      colorBorderSecondary: token('--line'),
      controlItemBgActive: token('--bone'),
      controlItemBgActiveHover: token('--bone'),
      fontFamily: token('--font'),
      fontSize: 14,
      borderRadius: 6,
      controlHeight: 32,
      // Motion says nothing here, and tables of money should not swim.
      motion: false,
      wireframe: false,
    },
    components: {
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
      Tabs: { horizontalItemPadding: '10px 0' },
    },
  }
}
