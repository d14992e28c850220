import type { PhoneBrand } from './phone.types.js'

/** The page's style sheet in the company's colours: calm, one column, no request to anywhere else. */
export function phoneCss({ colours }: PhoneBrand): string {
  const { brand, brand_dark, brand_soft } = colours
  return `:root { --brand: ${brand}; --brand-dark: ${brand_dark}; --brand-soft: ${brand_soft}; }
${BASE_CSS}`
}

const BASE_CSS = `
:root {
  color-scheme: light;
  --ink: #191919; --muted: #5f6368; --line: #e7e7ea;
  --page: #ededed; --card: #ffffff; --amber: #8a5300; --amber-soft: #fff4e0; --red: #b3261e;
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; background: var(--page); color: var(--ink);
  font: 16px/1.5 -apple-system, BlinkMacSystemFont, "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "Noto Sans CJK SC", "Segoe UI", Roboto, sans-serif;
  display: flex; flex-direction: column;
}
.ribbon {
  background: var(--amber-soft); color: var(--amber); font-size: 13px; text-align: center;
  padding: 6px 16px;
}
main {
  width: 100%; max-width: 420px; margin: 0 auto; padding: 0 16px 40px; flex: 1;
  display: flex; flex-direction: column;
}
header { display: flex; align-items: baseline; justify-content: space-between; padding: 14px 2px; }
header .brand { font-weight: 600; font-size: 15px; display: flex; align-items: center; gap: 8px; }
header .brand svg { width: 22px; height: 22px; }
header a { color: var(--muted); font-size: 13px; padding: 8px 0 8px 8px; }
.card { background: var(--card); border-radius: 14px; padding: 28px 20px 8px; }
.head { text-align: center; padding-bottom: 22px; }
.badge {
  width: 56px; height: 56px; border-radius: 50%; display: grid; place-items: center;
  margin: 0 auto 12px; background: var(--brand); color: #fff;
}
.badge svg { width: 30px; height: 30px; }
.badge.quiet { background: #8c8f94; }
.badge.bad { background: var(--red); }
h1 { font-size: 16px; font-weight: 500; margin: 0; color: var(--ink); overflow-wrap: anywhere; }
.amount {
  font-size: 44px; font-weight: 600; line-height: 1.2; margin: 8px 0 0; letter-spacing: -.5px;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.amount span { font-size: 28px; margin-right: 2px; }
.hint { color: var(--muted); font-size: 14px; margin: 8px 0 0; }
.note {
  background: var(--brand-soft); color: var(--brand-dark); border-radius: 10px; padding: 10px 14px;
  font-size: 14px; margin: 0 0 12px;
}
dl { margin: 0; border-top: 1px solid var(--line); }
dl div {
  display: flex; gap: 16px; justify-content: space-between; align-items: baseline; padding: 12px 0;
  border-bottom: 1px solid var(--line); font-size: 15px;
}
dl div:last-child { border-bottom: 0; }
dt { color: var(--muted); flex: none; }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; min-width: 0; }
dd.mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; }
form { margin: 16px 0 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 12px; }
label {
  display: flex; align-items: center; justify-content: space-between; gap: 12px;
  background: var(--card); border-radius: 14px; padding: 6px 8px 6px 20px; font-size: 15px;
  color: var(--muted);
}
select {
  font: inherit; font-size: 15px; color: var(--ink); border: 0; background: transparent;
  padding: 10px 8px; min-height: 44px; max-width: 62%; text-align-last: right; border-radius: 8px;
}
form.back { margin-top: 12px; }
a.back { display: block; text-align: center; margin-top: 12px; padding: 14px 16px; color: var(--brand-dark); }
button {
  font: inherit; font-size: 17px; font-weight: 500; min-height: 50px; padding: 10px 16px; border: 0;
  border-radius: 12px; background: var(--card); color: var(--ink); cursor: pointer; width: 100%;
}
button.primary { background: var(--brand); color: #fff; font-weight: 600; }
button.primary:hover { background: var(--brand-dark); }
button.plain { background: transparent; color: var(--muted); font-size: 15px; }
button:hover { filter: brightness(.98); }
:focus-visible { outline: 3px solid #2f6fed; outline-offset: 2px; }
@media (max-width: 360px) {
  .amount { font-size: 36px; }
  .card { padding: 22px 16px 6px; }
  label { padding-left: 16px; }
}
`
