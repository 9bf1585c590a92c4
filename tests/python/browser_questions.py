"""What a browser is asked about a page that it has loaded: contrasts, where the focus is, what the keyboard must reach.

Here: JavaScript expressions for Browser.value. Not here: the browser (browser.py) and what the answers must be.
"""

CONTRASTS = """
(() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.getClientRects().length) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(parse(e.closest('svg') ? style.fill : style.color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([Math.round(ratio * 100) / 100, e.className.baseVal ?? e.className, walker.currentNode.data.trim()]);
  }
  return found.sort((x, y) => x[0] - y[0]).slice(0, 1).concat([[found.length]]);
})()
"""

FOCUS = """
(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const all = [...document.querySelectorAll('a, summary, [tabindex]')];
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const inHeader = e.closest('header') !== null || e.matches('.skip');
  const top = inHeader ? 0 : document.querySelector('header').getBoundingClientRect().bottom;
  return [all.indexOf(e), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
          box.bottom > top && box.top < innerHeight && box.right > 0 && box.left < innerWidth];
})()
"""

REACHABLE = """
[...document.querySelectorAll('a, summary, [tabindex]')].map((e, n) => [n, e]).filter(([n, e]) =>
  !(e.closest('details:not([open])') && e.tagName !== 'SUMMARY')).map(([n, e]) => n)
"""
