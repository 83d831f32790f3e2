/** The style of the mailbox, with the sizes and colours of the other screens. */
export const mailboxStyle = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif;
  --page: light-dark(oklch(0.975 0.004 185), oklch(0.17 0.008 185)); --surface: light-dark(oklch(0.995 0.002 185), oklch(0.205 0.009 185));
  --text: light-dark(oklch(0.24 0.022 185), oklch(0.95 0.006 185)); --soft: light-dark(oklch(0.45 0.02 185), oklch(0.77 0.014 185));
  --line: light-dark(oklch(0.875 0.008 185), oklch(0.34 0.013 185)); --field: light-dark(oklch(0.61 0.014 185), oklch(0.58 0.015 185));
  --accent: light-dark(oklch(0.47 0.082 185), oklch(0.8 0.11 185)); --accent-soft: light-dark(oklch(0.95 0.025 185), oklch(0.27 0.035 185)) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 80rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text) }
h1, h2, h3 { line-height: 1.2; margin: 0 } h1 { font-size: 1.25rem; font-weight: 600 }
header p { margin: .25rem 0 1rem; color: var(--soft); font-size: .875rem }
#news:empty { display: none } #news { margin: 0 0 1rem }
main { display: grid; gap: 1.5rem; align-items: start }
article, nav, .empty { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem; min-width: 0 }
article h2, .empty h2 { font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere }
h3 { margin: 1.5rem 0 .5rem; font-size: .8125rem; font-weight: 600; color: var(--soft) }
dl { margin: .75rem 0 0; font-size: .875rem } dl div { display: flex; gap: .5rem } dt { flex: none; width: 3rem; color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
pre { margin: 0; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }
a { color: var(--accent) }
iframe { display: block; width: 100%; height: 24rem; border: 1px solid var(--line); border-radius: 6px; background: #fff }
.code { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin: 1rem 0 0 } .code code { font: 600 1.25rem/1.2 ui-monospace, monospace; letter-spacing: .1em }
button { min-height: 2.5rem; padding: 0 1rem; border: 1px solid var(--field); border-radius: 6px; background: none; color: inherit; font: inherit; font-size: .875rem; cursor: pointer }
nav { padding: 1rem .5rem .5rem } nav h2 { padding: 0 .75rem .5rem; font-size: .8125rem; font-weight: 600; color: var(--soft) }
ol { list-style: none; margin: 0; padding: 0 } li a { display: block; padding: .5rem .75rem; border-radius: 6px; color: inherit; text-decoration: none }
li span, li small { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap } li span { font-size: .875rem; font-weight: 500 } small { font-size: .8125rem; color: var(--soft) }
li a:hover, li a[aria-current] { background: var(--accent-soft) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
.empty { display: block } .empty p { margin: .5rem 0 0; color: var(--soft) }
@media (min-width: 60rem) { main:not(.empty) { grid-template-columns: 20rem minmax(0, 1fr) } nav { grid-column: 1; grid-row: 1; max-height: calc(100vh - 8rem); overflow: auto } article { grid-column: 2; grid-row: 1 } }
`
