"""How tables look, on a light page and on a dark one: colours are shades of the page's own ink."""

from __future__ import annotations

# A picture of our own: a named icon would be fetched from somebody else's server.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#0072B2" stroke-width="2"
 stroke-linecap="round"><path d="M12 3v18M7 21h10M4 7h16M4 7l-3 7a3 3 0 0 0 6 0zM20 7l-3 7a3 3 0 0 0 6 0z"/></svg>"""

STYLE = """<style>
.stMainBlockContainer { padding: 4rem 2rem 3rem; }
.stMainBlockContainer h1 { font-size: 2rem; padding-top: 0; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4rem 1rem 2rem; }
  .stMainBlockContainer h1 { font-size: 1.6rem; } }
[class*="st-key-lead-"] { border-left: 4px solid #0072B2; background: rgba(0, 114, 178, .09); padding: .8rem 1rem;
  border-radius: .25rem; }
[class*="st-key-lead-"] p { margin: 0; }
[class*="st-key-lead-"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[class*="st-key-lead-"] strong { font-size: 1.25rem; line-height: 1.4; }
.wide { overflow-x: auto; }
.wide table { border-collapse: collapse; font-size: .8125rem; line-height: 1.4; font-variant-numeric: tabular-nums;
  margin: 0; width: auto; }
.wide caption { text-align: left; font-weight: 600; font-size: 1rem; padding: 0 0 .4rem; color: inherit; }
.wide th, .wide td { padding: .3rem .5rem; text-align: left; vertical-align: top; border: 0;
  border-bottom: 1px solid rgba(127, 135, 144, .25); }
.wide thead th { vertical-align: bottom; font-weight: 600; border-bottom: 1.5px solid rgba(127, 135, 144, .6); }
.wide th small { display: block; font-weight: 400; opacity: .7; }
.wide .n { text-align: right; white-space: nowrap; }
.wide td.short { white-space: nowrap; }
.wide td.long { min-width: 8rem; }
.wide tr.strong td { font-weight: 600; background: rgba(0, 158, 115, .12); }
.wide tr.faint td { opacity: .6; }
.wide a { color: inherit; text-decoration-color: rgba(127, 135, 144, .7); }
@media (max-width: 640px) { .wide td.long { white-space: nowrap; }
  .wide tr > :first-child { position: sticky; left: 0; backdrop-filter: blur(1.5rem); white-space: normal;
    min-width: 6rem; max-width: 9rem; } }
p.note { font-size: .875rem; opacity: .7; margin: .4rem 0 0; }
</style>"""
