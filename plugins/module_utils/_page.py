# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all pages of the collection share: colours, the base of the style sheet, the frame of a self-contained file.

Pure: text in, text out. Colours are pairs that keep a contrast of 4.5:1 and more for text on every background they are
used on (checked by a test). A page needs nothing else, neither a server nor a network, and its content security policy
with the hashes of its own style and script lets nothing else run, whatever the data contain.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from typing import Any

LIGHT = {
    "page": "#f6f7f9",
    "card": "#ffffff",
    "ink": "#1b2330",
    "soft": "#566072",
    "line": "#dfe3ea",
    "edge": "#8a94a6",
    "hover": "#eef1f6",
    "link": "#1f56b5",
    "good": "#146c3a",
    "good-bg": "#e6f5ec",
    "warn": "#874b00",
    "warn-bg": "#fdf0db",
    "bad": "#b3202c",
    "bad-bg": "#fdeaea",
    "was-bg": "#fdf0ef",
    "was": "#9a1c25",
    "will-bg": "#ebf7ef",
    "will": "#12602f",
}
DARK = {
    "page": "#12161d",
    "card": "#1a2029",
    "ink": "#e6eaf1",
    "soft": "#a3adbd",
    "line": "#2c3542",
    "edge": "#6f7b8e",
    "hover": "#222a36",
    "link": "#8ab4ff",
    "good": "#6fd69a",
    "good-bg": "#15301f",
    "warn": "#f1b765",
    "warn-bg": "#352610",
    "bad": "#ff9a98",
    "bad-bg": "#3d1a1d",
    "was-bg": "#351c1f",
    "was": "#ffb0ad",
    "will-bg": "#162e20",
    "will": "#93e0b0",
}


def variables(colours: dict[str, str]) -> str:
    """Colours as custom properties of CSS."""
    return "".join(f"--{name}:{value};" for name, value in colours.items())


BASE = (
    f":root{{color-scheme:light;{variables(LIGHT)}}}\n"
    f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{variables(DARK)}}}}}\n"
    f":root[data-theme=dark]{{color-scheme:dark;{variables(DARK)}}}\n"
    r"""
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;scroll-padding-top:calc(var(--bar,0px) + 3rem)}
body{margin:0;background:var(--page);color:var(--ink);
  font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
  font-variant-numeric:tabular-nums}
h1,h2,h3,h4,p,dl,dd,ul{margin:0;padding:0}
h2{font-size:1.0625rem;font-weight:650;letter-spacing:-.005em}
small{font-size:.8125rem}
button,input,select{font:inherit;color:inherit}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
#objects:focus{outline:none}
.wide{max-width:76rem;margin:0 auto;padding:0 1.5rem}
.skip{position:absolute;left:-99rem;top:.5rem;background:var(--card);color:var(--link);padding:.5rem 1rem;
  border-radius:.375rem;z-index:9}
.skip:focus{left:.75rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.625rem;overflow:clip}
kbd{font:600 .75rem/1 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;border:1px solid var(--line);
  border-bottom-width:2px;border-radius:.25rem;padding:.125rem .3125rem;color:var(--soft);background:var(--page)}
.quiet{background:none;border:1px solid var(--line);border-radius:.375rem;padding:.25rem .625rem;color:var(--soft);
  font-size:.8125rem;line-height:1.4}
.quiet:hover,.quiet[aria-pressed=true]{background:var(--hover);color:var(--ink)}
.link{background:none;border:0;padding:0;color:inherit;font-weight:600;text-align:left}
.link:hover{color:var(--link);text-decoration:underline}
.top{background:var(--card);border-bottom:1px solid var(--line);padding:1rem 0 1.25rem;
  border-top:4px solid var(--edge)}
.top.good{border-top-color:var(--good)}.top.drift{border-top-color:var(--warn)}
.top.bad{border-top-color:var(--bad)}.top.done{border-top-color:var(--link)}
.bar{display:flex;justify-content:space-between;align-items:center;gap:1rem;min-height:2rem}
.what{font-weight:600;color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}
.verdict{display:flex;gap:1rem;align-items:flex-start;margin:.875rem 0 .75rem}
.verdict h1{font-size:clamp(1.5rem,1.2rem + 1.4vw,2rem);line-height:1.2;font-weight:680;letter-spacing:-.018em}
.verdict p{color:var(--soft);margin-top:.25rem;max-width:46rem}
.mark{flex:none;width:2.75rem;height:2.75rem;border-radius:50%;display:grid;place-items:center;font-size:1.375rem;
  font-weight:700;background:var(--hover);color:var(--soft)}
.good .mark{background:var(--good-bg);color:var(--good)}.drift .mark{background:var(--warn-bg);color:var(--warn)}
.bad .mark{background:var(--bad-bg);color:var(--bad)}.done .mark{background:var(--hover);color:var(--link)}
.top.good{background:var(--good-bg)}.good h1{color:var(--good)}
.good .mark{background:var(--good);color:var(--card)}.good .verdict p,.good .what,.good .when{color:var(--ink)}
.when{display:flex;flex-wrap:wrap;gap:.125rem 1.25rem;color:var(--soft);font-size:.8125rem}
main{display:grid;gap:1rem;padding:1.25rem 0 2rem}
main>section{width:100%;min-width:0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem}
.tile{background:var(--card);border:1px solid var(--line);border-radius:.625rem;padding:.75rem 1rem}
.tile dt{color:var(--soft);font-size:.8125rem}
.tile b{display:block;font-size:1.625rem;line-height:1.25;font-weight:650;letter-spacing:-.015em}
.tile small{color:var(--soft);display:block;min-height:1.25rem}
.filters{position:sticky;top:0;z-index:3;display:grid;grid-template-columns:2fr 1fr 1fr 1fr;gap:.625rem .75rem;
  background:var(--page);padding:.75rem 0 .625rem;border-bottom:1px solid transparent}
.filters.stuck{border-bottom-color:var(--line)}
.filters label{display:block;font-size:.75rem;color:var(--soft);margin-bottom:.125rem}
.filters input,.filters select{width:100%;height:2.25rem;background:var(--card);border:1px solid var(--edge);
  border-radius:.375rem;padding:0 .625rem;min-width:0}
.filters ::placeholder{color:var(--soft);opacity:1}
footer{color:var(--soft);font-size:.8125rem;padding-bottom:2.5rem!important}
"""
)


def escape(text: Any) -> str:
    """Text for HTML and its attributes."""
    return html.escape(str(text), quote=True)


def embed(data: Any) -> str:
    """Data for a script element.

    ``<``, ``>`` and ``&`` are written as escapes, so that no value can end the script element or begin a comment.
    """
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def document(*, title: str, maker: str, style: str, script: str, body: str, data: Any) -> str:
    """A whole page: `body` is HTML, `data` is what the script finds as JSON in the element with the id data."""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="{escape(maker)}">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
{body}
<script type="application/json" id="data">{embed(data)}</script>
<script>{script}</script>
</body>
</html>
"""


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
