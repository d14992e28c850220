/** The sign-in page's style sheet: plainly another site than the platform. */
export const CAMPUS_CSS = `
:root { color-scheme: light; --red: #8c1d2f; --ink: #23191b; --muted: #6a5a5d; --line: #d9cfd1; }
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; background: #f6f1f1; color: var(--ink);
  font: 16px/1.5 -apple-system, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Noto Sans CJK SC", "Segoe UI", sans-serif;
}
.ribbon {
  margin: 0; padding: 6px 16px; background: #fff4e0; color: #7a4a00; font-size: 13px;
  text-align: center;
}
main {
  position: relative; max-width: 400px; margin: 32px auto; padding: 28px 24px; background: #fff;
  border-top: 4px solid var(--red); border-radius: 4px;
}
h1 { margin: 0; padding-right: 72px; font-size: 22px; color: var(--red); }
h2 { margin: 16px 0 0; font-size: 17px; }
.lead { margin: 4px 0 20px; color: var(--muted); }
.language { position: absolute; top: 22px; right: 16px; padding: 10px 8px; color: var(--muted); font-size: 14px; }
fieldset { margin: 0 0 20px; padding: 0; border: 0; display: grid; gap: 8px; }
legend { padding: 0 0 6px; color: var(--muted); font-size: 14px; }
label { display: block; margin: 0 0 4px; font-size: 15px; }
input:not([type="hidden"]) {
  width: 100%; min-height: 46px; margin: 0 0 14px; padding: 8px 12px; border: 1px solid #8d8083;
  border-radius: 4px; font: inherit;
}
#number { margin-bottom: 2px; }
.hint { margin: 0 0 14px; color: var(--muted); font-size: 13px; }
button {
  width: 100%; min-height: 48px; padding: 8px 14px; border: 1px solid var(--line);
  border-radius: 4px; background: #fff; color: inherit; font: inherit; cursor: pointer;
}
.person { display: flex; justify-content: space-between; gap: 16px; text-align: left; }
.person:hover { border-color: var(--red); }
.name { color: var(--muted); }
.primary { margin-top: 6px; border-color: var(--red); background: var(--red); color: #fff; font-weight: 600; }
.plain { margin-top: 8px; border-color: transparent; color: var(--muted); }
:focus-visible { outline: 3px solid #2f6fed; outline-offset: 2px; }
@media (max-width: 432px) { main { margin: 0; border-radius: 0; } }
`
