import type { ReactNode } from 'react'

const GLYPHS: Record<string, ReactNode> = {
  wechatpay: (
    <>
      <path d="M16 8C9.9 8 5 11.9 5 16.7c0 2.7 1.6 5.1 4.1 6.7L8.2 27l3.9-2.1c1.2.4 2.5.5 3.9.5 6.1 0 11-3.9 11-8.7S22.1 8 16 8z" />
      <path className="glyph-line" d="M11.5 16.5l3.2 3.2 6-6.2" />
    </>
  ),
  alipay: (
    <path
      className="glyph-stroke"
      d="M7 11h18M16 6v5M10 15.5h11.5c-1.8 5.5-5.5 9.5-11.5 9.5-3 0-4-1.5-4-3s1.5-3 4-3c5 0 9 3 15 5.5"
    />
  ),
  unionpay: <path d="M9 8h6l-4 16H5zM16.5 8h5l-4 16h-5zM23 8h4l-4 16h-4z" />,
  abc: (
    <path
      className="glyph-stroke"
      d="M16 26V9M16 13c-2.5 0-4-1.5-4-4 2.5 0 4 1.5 4 4zm0 0c2.5 0 4-1.5 4-4-2.5 0-4 1.5-4 4zm0 7c-4 0-6.5-2-6.5-5.5 4 0 6.5 2 6.5 5.5zm0 0c4 0 6.5-2 6.5-5.5-4 0-6.5 2-6.5 5.5z"
    />
  ),
}

const CARD = <path className="glyph-stroke" d="M5 9.5h22v14H5zM5 14h22M9 19.5h5" />

export function ChannelIcon({ code }: { code: string }) {
  return (
    <svg
      className={`channel-icon channel-icon-${code in GLYPHS ? code : 'other'}`}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      {GLYPHS[code] ?? CARD}
    </svg>
  )
}
