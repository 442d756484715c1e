// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The look of the report: the reader's own fonts, one column of at most 70 characters, figures 16 cm wide,
 * tables with few lines. Contrast against the ground of each text is at least 7:1 for running text and 4.5:1
 * elsewhere. No character here needs escaping in XML but '>', which is allowed.
 */
#include "html.h"

static const char *const rules[] = {
    ":root{--ink:#1b2733;--quiet:#4a5864;--accent:#12496b;--line:#c9d2d9;--soft:#eef3f6;--paper:#fff;color-"
    "scheme:light}",
    "*{box-sizing:border-box}",
    "html{font-size:100%;-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}",
    "body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 "
    "system-ui,-apple-system,\"Segoe UI\",Roboto,"
    "\"Noto Sans\",\"Liberation Sans\",\"DejaVu "
    "Sans\",Arial,sans-serif;font-kerning:normal;overflow-wrap:break-word}",
    "a{color:var(--accent);text-underline-offset:.15em}",
    "a:hover{text-decoration-thickness:.13em}",
    ":focus-visible{outline:3px solid var(--accent);outline-offset:2px}",
    "main:focus{outline:none}",
    ".skip{position:absolute;left:-999rem;top:0;padding:.6rem 1rem;background:var(--accent);color:#fff}",
    ".skip:focus{left:0;z-index:2}",
    ".unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}",
    "header,.page,footer{max-width:75rem;margin:0 auto;padding:0 1.25rem}",
    "header{padding-top:2.5rem;padding-bottom:1.5rem}",
    "h1,h2,h3{line-height:1.22;text-wrap:balance;font-weight:650;color:#10293b}",
    "h1{font-size:clamp(1.7rem,1.2rem + 2.2vw,2.6rem);letter-spacing:-.012em;margin:0;max-width:24em}",
    ".subtitle{font-size:1.2rem;line-height:1.45;color:var(--quiet);margin:.7rem 0 0;max-width:40em}",
    "header::after{content:\"\";display:block;border-bottom:3px solid "
    "var(--accent);width:4.5rem;margin-top:1.6rem}",
    "h2{font-size:1.55rem;margin:3.2rem 0 .9rem;padding-top:1.1rem;border-top:1px solid var(--line)}",
    "section:first-child>h2{margin-top:0;padding-top:0;border-top:0}",
    "main{counter-reset:section}",
    "h2::before{counter-increment:section;content:counter(section);color:var(--accent);margin-right:.7em}",
    "h3{font-size:1.17rem;margin:2.2rem 0 .5rem}",
    "p,ul,ol,dl{margin:0 0 1rem;max-width:68ch}",
    "ul,ol{padding-left:1.3rem}",
    "li{margin:.3rem 0}",
    ".contents{margin:0 0 2.5rem;font-size:.95rem}",
    ".contents p{font-weight:650;margin:0 0 .4rem}",
    ".contents ol{margin:0;padding-left:1.9rem}",
    ".contents li::marker{color:var(--quiet);font-variant-numeric:tabular-nums}",
    ".contents a{text-decoration:none}",
    ".contents a:hover{text-decoration:underline}",
    "main{min-width:0}",
    "figure{margin:2rem 0 2.2rem}",
    "figcaption,caption{text-align:left;font-weight:600;line-height:1.4}",
    "figcaption{margin:0 0 .6rem;max-width:68ch}",
    ".label{color:var(--accent)}",
    ".picture{overflow-x:auto;max-width:16cm}",
    ".picture svg{display:block;width:100%;height:auto;min-width:30rem}",
    ".no-picture{border:1px solid var(--line);background:var(--soft);padding:1rem 1.2rem;max-width:16cm}",
    ".no-picture p:last-child{margin:0}",
    "details{margin:.8rem 0 0;max-width:100%}",
    "summary{cursor:pointer;color:var(--accent);width:fit-content;padding:.25rem 0}",
    "details>p{margin:.6rem 0 1rem}",
    ".wide{margin:1.6rem 0 2rem}",
    "details .wide{margin:.8rem 0 0}",
    /* a shade at the side where the table goes on; it lies still while the white over it scrolls away */
    ".scroll{overflow-x:auto;max-width:100%;background:linear-gradient(90deg,#fff 30%,transparent) 0 "
    "0/2.5rem 100% no-repeat local,"
    "linear-gradient(270deg,#fff 30%,transparent) 100% 0/2.5rem 100% no-repeat local,"
    "linear-gradient(90deg,rgba(27,39,51,.2),transparent) 0 0/.8rem 100% no-repeat scroll,"
    "linear-gradient(270deg,rgba(27,39,51,.2),transparent) 100% 0/.8rem 100% no-repeat scroll}",
    "table{border-collapse:collapse;font-size:.92rem;line-height:1.4;font-variant-numeric:tabular-nums "
    "lining-nums;min-width:60%}",
    "caption{padding:0 0 .6rem;font-size:1.0625rem}",
    ".caption-text{display:inline-block;position:sticky;left:0;max-width:min(43rem,calc(100vw - 2.5rem))}",
    ".rows{display:block;font-weight:400;font-size:.9rem;color:var(--quiet)}",
    "th,td{padding:.38rem .75rem .38rem 0;text-align:left;vertical-align:top;border-bottom:1px solid "
    "var(--line)}",
    "th:last-child,td:last-child{padding-right:.2rem}",
    "thead th{vertical-align:bottom;border-top:1.5px solid var(--ink);border-bottom:1.5px solid "
    "var(--ink);font-weight:650;line-height:1.3}",
    "tbody tr:last-child>*{border-bottom:1.5px solid var(--ink)}",
    "tbody th{font-weight:400}",
    "th[scope=rowgroup]{font-weight:650;background:var(--soft);padding-left:.4rem;padding-top:.7rem}",
    ".group-text{display:inline-block;position:sticky;left:.4rem;max-width:min(43rem,calc(100vw - 3.5rem))}",
    /* the names stay where the rest scrolls */
    ".grouped th[scope=row],.grouped thead "
    "th:first-child{position:sticky;left:0;z-index:1;background:var(--paper);"
    "padding-left:.4rem}",
    "tbody tr:hover>*{background:var(--soft)}",
    "td:not(.number):not(.spark),tbody th:not(.number){min-width:8.5em;max-width:34em}",
    ".grouped td:not(.number):not(.spark){min-width:0}",
    ".grouped td:last-child:not(.number){min-width:12em}",
    "td.spark,th.spark{min-width:7em}",
    ".sparkline{display:block;width:96px;height:24px}",
    ".number{text-align:right;padding-left:.4rem;min-width:4.5em}",
    "td.number,tbody th.number{white-space:nowrap}",
    "tbody th.number{text-align:left;padding-left:0}",
    "thead th.number:first-child{text-align:left;padding-left:0}",
    ".remarked{padding-right:1.9em}",
    ".remark{position:absolute;margin-left:.15em;font-size:.72em;line-height:1.3;color:var(--quiet)}",
    ".unit{font-weight:400;color:var(--quiet)}",
    "abbr[title]{text-decoration:none;color:var(--quiet)}",
    ".legend,.download{font-size:.9rem;line-height:1.45;color:var(--quiet);margin:.5rem 0 0}",
    "dl{display:grid;grid-template-columns:minmax(9rem,15rem) 1fr;max-width:46rem;border-top:1px solid "
    "var(--line)}",
    "dt,dd{padding:.38rem 0;border-bottom:1px solid var(--line)}",
    "dt{padding-right:1.4rem}",
    "dt{color:var(--quiet)}",
    "dd{margin:0;overflow-wrap:anywhere}",
    ".findings{list-style:none;padding:0;margin:1.2rem 0 1.6rem;max-width:46rem}",
    ".finding{margin:0 0 .9rem;padding:.8rem 1.1rem .85rem;border:1px solid var(--line);border-left:.4rem "
    "solid;background:#fff}",
    ".finding p{margin:0 0 .45rem}",
    ".finding p:last-child{margin:0}",
    ".severity{font-weight:650;line-height:1.4}",
    ".sign{display:inline-block;width:1.45em;height:1.45em;line-height:1.45em;margin-right:.35em;border-"
    "radius:50%;text-align:center;"
    "color:#fff;font-size:.9em}",
    ".fatal{border-color:#e3b9b5;border-left-color:#96201b;background:#fdf5f4}",
    ".fatal .severity{color:#8a1a16}",
    ".fatal .sign{background:#96201b;border-radius:.2em}",
    ".warning{border-color:#e2cfa4;border-left-color:#7d5300;background:#fdf9ef}",
    ".warning .severity{color:#6e4900}",
    ".warning .sign{background:#7d5300;border-radius:.2em .2em 50% 50%}",
    ".note{border-color:#c3d5e0;border-left-color:#12496b;background:#f4f8fa}",
    ".note .severity{color:#12496b}",
    ".note .sign{background:#12496b}",
    "footer{padding-top:2rem;padding-bottom:3rem;color:var(--quiet);font-size:.9rem}",
    "footer p{border-top:1px solid var(--line);padding-top:1rem;max-width:none}",
    "@media (min-width:66rem){",
    ".page{display:grid;grid-template-columns:14.5rem minmax(0,1fr);column-gap:3.5rem;align-items:start}",
    ".contents{position:sticky;top:1.5rem;max-height:calc(100vh - 3rem);overflow-y:auto;margin:0}",
    "}",
    "@media (max-width:34rem){",
    "body{font-size:1rem}",
    "header,.page,footer{padding-left:1rem;padding-right:1rem}",
    "dl{grid-template-columns:1fr}",
    ".grouped tbody th[scope=row]{min-width:6.5em;max-width:9em;hyphens:auto}",
    "dt{border-bottom:0;padding-bottom:0}",
    "dd{padding-top:0}",
    ".finding{padding:.7rem .85rem}",
    "}",
    "@page{size:A4;margin:20mm 22mm 22mm}",
    "@page landscape{size:A4 landscape;margin:18mm 20mm}",
    "@media print{",
    "html{font-size:10.5pt}",
    "body{font-size:10.5pt;line-height:1.45}",
    "p,ul,ol,dl,.findings,figcaption{max-width:none}",
    "header,.page,footer,main{max-width:none;padding-left:0;padding-right:0}",
    "header{padding-top:0}",
    ".page{display:block}",
    ".skip,.download{display:none}",
    ".contents{position:static;max-height:none;overflow:visible;margin-bottom:2rem}",
    "a{color:inherit;text-decoration:none}",
    "h1,h2,h3,figcaption,caption,.severity{break-after:avoid}",
    "p,li{orphans:3;widows:3}",
    "figure .picture,.no-picture,figcaption,.finding,tr,dt,dd{break-inside:avoid}",
    "thead{display:table-header-group}",
    ".scroll,.picture{overflow:visible;background:none}",
    ".picture svg{min-width:0}",
    ".caption-text,.group-text{position:static;max-width:none}",
    ".grouped th[scope=row],.grouped thead th:first-child{position:static}",
    "th[scope=rowgroup]{break-after:avoid}",
    /* a table wider than the page would shrink all of the print */
    "table{font-size:8pt;min-width:0;max-width:100%}",
    ".dense table{font-size:7pt}",
    ".landscape{page:landscape}",
    ".landscape table{font-size:7.5pt}",
    "th,td{padding:.22rem .4rem .22rem 0;hyphens:auto}",
    ".crowded table{font-size:6.5pt}",
    ".crowded th,.crowded td{overflow-wrap:anywhere}",
    "td:not(.number),tbody th:not(.number){max-width:none}",
    ".number{min-width:0}",
    ".remarked{padding-right:1.5em}",
    "td:not(.number),tbody th:not(.number),.grouped td:last-child:not(.number){min-width:0}",
    "summary{list-style:none;color:var(--quiet);font-weight:600}",
    "summary::-webkit-details-marker{display:none}",
    /* closed parts are printed too, where the browser knows how; long tables are left to the screen and the
       CSV */
    "details.long{display:none}",
    "details::details-content{content-visibility:visible;display:block;height:auto;overflow:visible}",
    ".finding,.no-picture,.sign{print-color-adjust:exact;-webkit-print-color-adjust:exact}",
    "}",
};

void uf_html_style(struct uf_buffer *out)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        uf_buffer_append(out, rules[i]);
        uf_buffer_append_char(out, '\n');
    }
}
