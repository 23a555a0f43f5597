"""How tables look, on a light page and on a dark one: colours are shades of the page's own ink."""

from __future__ import annotations

STYLE = """<style>
.wide { overflow-x: auto; }
.wide table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums;
  margin: 0; width: auto; }
.wide caption { text-align: left; font-weight: 600; font-size: 1rem; padding: 0 0 .4rem; color: inherit; }
.wide th, .wide td { padding: .3rem .75rem; text-align: left; vertical-align: top; border: 0;
  border-bottom: 1px solid rgba(127, 135, 144, .25); }
.wide thead th { vertical-align: bottom; font-weight: 600; border-bottom: 1.5px solid rgba(127, 135, 144, .6); }
.wide th small { display: block; font-weight: 400; opacity: .7; }
.wide .n { text-align: right; white-space: nowrap; }
.wide td.short { white-space: nowrap; }
.wide td.long { min-width: 12rem; }
.wide tr.strong td { font-weight: 600; background: rgba(0, 158, 115, .12); }
.wide tr.faint td { opacity: .6; }
p.note { font-size: .875rem; opacity: .7; margin: .4rem 0 0; }
</style>"""
