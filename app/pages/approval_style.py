"""How the page of an approval looks: the tokens of the console, in one sheet that the page's policy allows by hash."""

STYLE = """
:root{color-scheme:light dark;
--sunken:light-dark(#f5f5f7,#09090b);--surface:light-dark(#fff,#131317);--hover:light-dark(#f3f3f6,#1b1b21);
--line:light-dark(#e7e7eb,#232329);--line-2:light-dark(#d6d6dd,#33333b);--line-ctl:light-dark(#8b8b98,#6b6b78);
--text:light-dark(#17171c,#ededf1);--text-2:light-dark(#4d4d58,#b0b0bb);--text-3:light-dark(#656571,#92929e);
--ink:light-dark(#1b1b21,#f1f1f4);--ink-hover:light-dark(#33333c,#d4d4dc);--on-ink:light-dark(#fff,#131317);
--brand:light-dark(#b3127f,#f283c8);--ok:light-dark(#0a7350,#42d49c);--ok-solid:light-dark(#12936a,#2fb985);
--fail:light-dark(#bd2a1a,#ff8474);--fail-tint:light-dark(#fdece9,#351714);--hold-solid:light-dark(#7a60e0,#8f7af0);
--chosen:light-dark(#fbeef7,#2a1624);
--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,monospace}
*{box-sizing:border-box}
body{margin:0;background:var(--sunken);color:var(--text);line-height:1.5;overflow-wrap:anywhere;
font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:40rem;margin:0 auto;padding:24px 16px 48px}
.brand{display:flex;align-items:center;gap:8px;margin:0 0 20px;font-size:13px;font-weight:600}
.brand svg{width:18px;height:18px;color:var(--brand)}
svg{flex:none;fill:none;stroke:currentColor;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}
.of{margin:0 0 4px;color:var(--text-2);font-size:13px}
h1{margin:0;font-size:22px;line-height:1.3;font-weight:650;letter-spacing:-.01em;white-space:pre-wrap}
.message{margin:12px 0 0;white-space:pre-wrap;color:var(--text-2)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:20px 0 0;font-size:14px}
dt{color:var(--text-3)}dd{margin:0}.soft{color:var(--text-3)}.soon{color:var(--fail);font-weight:600}
ol{list-style:none;margin:16px 0 0;padding:0;display:grid;gap:8px;font-size:14px}
ol li{display:grid;grid-template-columns:16px 1fr;gap:10px;align-items:start}
ol svg{width:16px;height:16px;margin-top:3px}.ok{color:var(--ok-solid)}.hold{color:var(--hold-solid)}
.said{margin:2px 0 0;color:var(--text-2);white-space:pre-wrap}
b{font-weight:600}
.card{margin:20px 0 0;padding:20px;background:var(--surface);border:1px solid var(--line);border-radius:12px}
.field{margin:0 0 20px;padding:0;border:0;min-width:0}
label,legend{display:block;padding:0;margin:0 0 6px;font-weight:600}
.tag{margin-left:6px;font-weight:400;font-size:13px;color:var(--text-3)}
.hint{margin:0 0 6px;font-size:13px;color:var(--text-2);white-space:pre-wrap}
input:not([type=radio]),select,textarea{display:block;width:100%;min-height:44px;padding:9px 12px;font:inherit;
color:inherit;background:var(--surface);border:1px solid var(--line-ctl);border-radius:8px}
textarea{resize:vertical;min-height:88px}
code,.code{font-family:var(--mono);font-size:13px}
.error:focus{outline:none}
.choices{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:8px}
.choices label{display:flex;align-items:center;gap:8px;margin:0;min-height:44px;padding:8px 12px;font-weight:400;
border:1px solid var(--line-ctl);border-radius:8px;cursor:pointer}
.choices label:hover{background:var(--hover)}
.choices label:has(:checked){border-color:var(--ink);background:var(--chosen);font-weight:600}
input[type=radio]{width:16px;height:16px;margin:0;flex:none;accent-color:var(--ink)}
[aria-invalid=true]:not([type=radio]),fieldset[aria-invalid=true] .choices label{border-color:var(--fail)}
.bad{margin:6px 0 0;font-size:13px;color:var(--fail)}
.error{margin:20px 0 0;padding:12px 16px;color:var(--fail);background:var(--fail-tint);border-radius:8px}
.error h2{margin:0 0 4px;font-size:15px}.error ul{margin:0;padding-left:20px}.error a{color:inherit}
.decide{display:grid;grid-template-columns:1fr 1fr;gap:12px}
button{min-height:48px;padding:8px 16px;display:flex;align-items:center;justify-content:center;gap:8px;font:inherit;
font-weight:600;border-radius:8px;cursor:pointer}
button[hidden]{display:none}
button svg{width:16px;height:16px;stroke-width:2}
.approve{color:var(--on-ink);background:var(--ink);border:1px solid var(--ink)}
.approve:hover{background:var(--ink-hover)}
.reject{color:var(--fail);background:var(--surface);border:1px solid var(--line-ctl)}
.reject:hover{background:var(--fail-tint)}
:focus-visible{outline:2px solid var(--brand);outline-offset:2px}
.as{margin:16px 0 0;font-size:13px;color:var(--text-2)}
@media(min-width:640px){main{padding-top:56px}h1{font-size:26px}.card{padding:24px}}
@media(max-width:400px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media(forced-colors:active){.choices label:has(:checked){outline:2px solid}}
"""
