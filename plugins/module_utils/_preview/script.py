# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script of the preview page: draws portals a few at a time, search, filters, theme, printing.

All text goes into the page as text nodes. A colour is painted only if it is # and six digits, an image only if it is a
data URI of an image, and no address becomes a link.
"""

from __future__ import annotations

SCRIPT = r"""
'use strict';
(() => {
  const PAGE = 20, LONGEST = 60;
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const { views, themes, menus, images, fields, rows } = data;
  const number = (value) => value.toLocaleString('en');

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) if (value) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }
  const safe = (value) => /^#[0-9A-F]{6}$/.test(value || '');
  function painted(made, name, value) {
    if (safe(value)) made.style.setProperty(name, value);
    return made;
  }
  function picture(at, words, name) {
    const image = at === null ? null : images[at];
    if (!image) return element('span', { class: 'none' }, words[0]);
    if (!image.src || !/^data:image\/[a-z.+-]+;base64,/.test(image.src)) {
      return element('span', { class: 'none', title: image.type }, words[0]);
    }
    const made = element('img', { src: image.src, alt: words[1], class: name, loading: 'lazy', decoding: 'async' });
    // What is no image after all is said and not shown as a broken one.
    made.addEventListener('error', () => made.replaceWith(element('span', { class: 'none' }, words[0] + '?')));
    return made;
  }
  const size = (bytes) => bytes < 1024 ? bytes + ' B' : (bytes / 1024).toFixed(1) + ' KiB';

  // --- what differs between two menus: the longest common part stays, the rest is gone or new ---
  const menuOf = (view) => menus[view.menu];
  const helpNames = { help: 'Help', about: 'About' };
  const entries = (view) => menuOf(view).filter((item) => item[0] !== 'override');
  const overrides = (view) => Object.fromEntries(menuOf(view).filter((item) => item[0] === 'override').map(
    (item) => [item[1], item[2]]));
  function marks(before, after) {
    const a = before.map((item) => JSON.stringify(item)), b = after.map((item) => JSON.stringify(item));
    if (a.length * b.length > 250000) return [new Set(), new Set()];
    const table = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
    for (let i = a.length - 1; i >= 0; i -= 1) for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
    const gone = new Set(), fresh = new Set();
    let i = 0, j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) { i += 1; j += 1; }
      else if (j < b.length && (i === a.length || table[i][j + 1] >= table[i + 1][j])) { fresh.add(j); j += 1; }
      else { gone.add(i); i += 1; }
    }
    return [gone, fresh];
  }

  // --- a sketch of a portal ---
  const told = { gone: 'would go: ', new: 'would be new: ' };
  const spoken = (mark, words) => mark ? element('span', { class: 'sr' }, told[mark] + words) : null;
  function line(kind, text, address, mark) {
    if (kind === 'separator') {
      return element('li', { class: 'separator ' + mark }, spoken(mark, 'separator'), element('hr'));
    }
    return element('li', { class: (kind === 'link' ? 'entry' : kind) + ' ' + mark }, spoken(mark, ''),
      element('span', { class: 'text' }, text || '(no name)'), address ? element('small', {}, address) : null);
  }
  function userMenu(view, marked, mark) {
    const all = entries(view), list = element('ul', { class: 'menu', 'aria-label': 'User menu' });
    list.append(element('li', { class: 'cap' }, 'User menu'));
    all.slice(0, LONGEST).forEach(([kind, name, url], n) => list.append(line(kind, name, url,
      marked.has(n) ? mark : '')));
    if (all.length > LONGEST) list.append(element('li', {}, 'and ' + number(all.length - LONGEST) + ' more'));
    if (!all.length) list.append(element('li', {}, 'nothing added'));
    return list;
  }
  function helpMenu(view, other, mark) {
    const mine = overrides(view), theirs = overrides(other);
    const list = element('ul', { class: 'menu', 'aria-label': 'Help menu' }, element('li', { class: 'cap' }, '? menu'));
    for (const [name, text] of Object.entries(helpNames)) {
      const differs = mark && (mine[name] || '') !== (theirs[name] || '');
      list.append(line('fixed', text, mine[name] || 'the product\u2019s own page', differs ? mark : ''));
    }
    if (mine.vmrc || theirs.vmrc) {
      list.append(line('fixed', 'Remote console', mine.vmrc || 'the product\u2019s own download',
        mark && (mine.vmrc || '') !== (theirs.vmrc || '') ? mark : ''));
    }
    return list;
  }
  const light = { background: '#FAFAFA', surface: '#FFFFFF', text: '#454545', border: '#CCCCCC', link: '#0072A3',
    primary: '#0072A3', primary_text: '#FFFFFF', navigation: '#EEEEEE', navigation_text: '#454545',
    accent: '#D9E4EA', accent_text: '#000000', header: '#313131', header_text: '#FAFAFA' };
  const dark = { background: '#1B2A32', surface: '#22343C', text: '#ADBBC4', border: '#485764', link: '#49AFD9',
    primary: '#49AFD9', primary_text: '#000000', navigation: '#17242B', navigation_text: '#ADBBC4',
    accent: '#324F61', accent_text: '#FFFFFF', header: '#0F171C', header_text: '#FAFAFA' };
  function sketch(view, other, marked, mark, label) {
    const theme = themes[view.theme];
    const colours = { ...(theme.builtIn && theme.name === 'Dark' ? dark : light), ...theme.colours };
    if (view.banner) colours.header = view.banner;
    const mock = element('div', { class: 'mock', role: 'group', 'aria-label': label });
    for (const [name, value] of Object.entries(colours)) painted(mock, '--m-' + name, value);
    mock.append(
      element('div', { class: 'tab', 'aria-hidden': 'true' }, element('p', {}, picture(view.icon, ['i', ''], ''),
        element('span', {}, view.name || '(no name)'))),
      element('div', { class: 'banner' }, picture(view.logo, ['logo', 'Logo'], 'logo'),
        element('span', { class: 'brand' }, view.name || '(no name)'),
        element('span', { class: 'right', 'aria-hidden': 'true' }, element('span', { class: 'round' }, '?'),
          'user \u25be')),
      element('div', { class: 'floor' },
        element('div', { class: 'nav', 'aria-hidden': 'true' }, element('b', { class: 'on' }, 'Virtual DCs'),
          element('b', {}, 'Applications'), element('b', {}, 'Networking'), element('b', {}, 'Libraries')),
        element('div', { class: 'page', 'aria-hidden': 'true' }, element('p', { class: 'lead' }, 'Virtual DCs'),
          element('div', { class: 'sheet' }, element('p', {}, 'Words on a card and '), element('span', { class: 'a' },
            'a link')),
          element('span', { class: 'b first' }, 'New'), element('span', { class: 'b second' }, 'Edit')),
        element('div', { class: 'menus' }, userMenu(view, marked, mark), helpMenu(view, other, mark))));
    return mock;
  }

  // --- the facts below it ---
  const swatch = (value) => painted(element('span', { class: 'swatch', 'aria-hidden': 'true' }), '--s', value);
  function banner(view) {
    if (view.colour) return [safe(view.colour) ? swatch(view.colour) : null, view.colour];
    return [view.banner ? swatch(view.banner) : null, 'the theme\u2019s' + (view.banner ? ', ' + view.banner : '')];
  }
  function theme(view) {
    const one = themes[view.theme], list = element('ul', { class: 'swatches' });
    for (const [name, value] of Object.entries(one.colours)) {
      list.append(element('li', {}, swatch(value), name.replace('_', ' ') + ' ' + value));
    }
    return [one.name + (one.builtIn ? ' (built in)' : ''), one.note ? element('small', {}, '. ' + one.note) : null,
      list.children.length ? list : null];
  }
  function image(at) {
    if (at === null) return ['not shown'];
    const one = images[at];
    return [one.src ? picture(at, ['none', ''], '') : null, one.type + ', ' + size(one.bytes)];
  }
  function menu(view) {
    const mine = entries(view), set = Object.entries(overrides(view)).filter(([, url]) => url);
    const links = mine.filter((item) => item[0] === 'link').length;
    const sections = mine.filter((item) => item[0] === 'section').length;
    const plural = (count, word) => number(count) + ' ' + word + (count === 1 ? '' : 's');
    return [plural(links, 'link') + ' in ' + plural(sections, 'section') + (set.length ? '; ' +
      set.map(([name]) => name).join(', ') + ' redirected' : '')];
  }
  const says = { portal_name: (view) => [view.name || '(none)'], portal_color: banner, theme, custom_links: menu,
    logo: (view) => image(view.logo), icon: (view) => image(view.icon) };
  // The tag stands behind the words, and before the list of colours.
  function tagged(parts, tag) {
    const list = parts.at(-1) instanceof HTMLUListElement ? [parts.at(-1)] : [];
    return [...parts.slice(0, parts.length - list.length), tag, ...list];
  }
  function facts(row, before, after) {
    const two = row.fate !== 'stays';
    const heads = two ? ['', 'As it is', 'As it would be'] : ['', 'As it is'];
    const body = element('tbody');
    for (const [name, text] of Object.entries(fields)) {
      const differs = row.changed.includes(name);
      const from = row.follows.includes(name) ? element('span', { class: 'from' }, 'from the system') : null;
      const line = element('tr', { class: differs ? 'differs' : '' },
        element('th', { scope: 'row' }, text),
        element('td', { class: 'was', 'data-is': two ? 'Is' : '' }, ...tagged(says[name](before), two ? null : from)));
      if (two) {
        // An equal value is not told twice.
        const will = differs ? says[name](after) : ['the same'];
        line.append(element('td', { class: 'will', 'data-is': 'Would be' }, ...tagged(will, from)));
      }
      body.append(line);
    }
    const table = element('table', { class: 'facts' }, element('colgroup', {}, element('col', { class: 'name' })),
      element('thead', {}, element('tr', {}, ...heads.map((text) => text ? element('th', { scope: 'col' }, text) :
        element('td', {})))), body);
    return table;
  }
  const words = (name) => name.replace('_', ' ');
  function weak(view) {
    if (!view.weak.length) return null;
    return element('ul', { class: 'weak', 'aria-label': 'Hard to read' }, ...view.weak.map((pair) => {
      const shown = element('span', { class: 'pair', 'aria-hidden': 'true' }, 'Aa');
      painted(painted(shown, '--f', pair.front_colour), '--s', pair.back_colour);
      return element('li', {}, shown, words(pair.front) + ' ' + pair.front_colour + ' on ' + words(pair.back) + ' ' +
        pair.back_colour + ': contrast ' + pair.ratio + ':1, needed ' + pair.needed + ':1. ', swatch(pair.enough),
        pair.enough + ' would be enough.');
    }));
  }
  function inside(row) {
    const before = views[row.before], after = views[row.after], name = row.org === null ? 'System' : row.org;
    const same = row.fate === 'stays';
    const [gone, fresh] = same ? [new Set(), new Set()] : marks(entries(before), entries(after));
    const side = (view, other, marked, mark, text, kind) => element('div', { class: 'side ' + kind },
      element('h4', {}, text), sketch(view, other, marked, mark, name + ', ' + text));
    const sides = same ? element('div', { class: 'sides one' }, side(before, before, gone, '', 'As it is, and stays',
      '')) :
      element('div', { class: 'sides' }, side(before, after, gone, 'gone', 'As it is', 'was'),
        side(after, before, fresh, 'new', row.fate === 'returns' ? 'As the system\u2019s' : 'As it would be', 'will'));
    return element('div', { class: 'inside' }, sides, weak(after), row.notes.length ? element('ul', { class: 'remark' },
      ...row.notes.map((note) => element('li', {}, note))) : null, facts(row, before, after));
  }

  // --- the list ---
  const fates = { changes: 'would change', stays: 'stays', returns: 'would return to the system\u2019s' };
  rows.forEach((row) => {
    const before = views[row.before], after = views[row.after];
    row.words = [row.org === null ? 'system' : row.org, ...[before, after].flatMap((view) => [view.name,
      themes[view.theme].name, ...menuOf(view).flatMap((item) => [item[1], item[2]])])].join('\n').toLowerCase();
    row.looks = new Set([themes[before.theme].name, themes[after.theme].name]);
  });
  // The system first, then what changes, each by name; Array.sort keeps the order of equal ones.
  const rank = (row) => row.org === null ? 0 : row.fate === 'stays' ? 2 : 1;
  rows.sort((a, b) => rank(a) - rank(b));
  function card(row) {
    const after = views[row.after];
    const made = element('details', { class: 'card portal' },
      element('summary', {}, element('h3', {}, row.org === null ? 'System' : row.org),
        element('span', { class: 'fate ' + row.fate }, fates[row.fate]),
        after.weak.length ? element('span', { class: 'fate unreadable' }, 'hard to read') : null,
        element('span', { class: 'what-differs' }, row.changed.map((name) => fields[name].toLowerCase()).join(', '))));
    made.dataset.org = row.org === null ? '' : row.org;
    const fill = () => { if (made.children.length < 2) made.append(inside(row)); };
    if (row.fate !== 'stays' || rows.length <= 3) { made.open = true; fill(); }
    made.addEventListener('toggle', () => { if (made.open) fill(); });
    made.fill = fill;
    return made;
  }
  let shownRows = [], upTo = 0;
  function found() {
    const q = $('q').value.trim().toLowerCase(), field = $('field').value, look = $('look').value;
    const fits = { '': () => true, weak: (row) => views[row.after].weak.length > 0,
      returns: (row) => row.fate === 'returns' }[field] || ((row) => row.changed.includes(field));
    return rows.filter((row) => (!q || row.words.includes(q)) && (!look || row.looks.has(look)) && fits(row) &&
      (!$('only').checked || row.fate !== 'stays'));
  }
  function more(count) {
    $('list').append(...shownRows.slice(upTo, upTo + count).map(card));
    upTo = Math.min(upTo + count, shownRows.length);
    const left = shownRows.length - upTo;
    $('pager').hidden = !left;
    $('next').textContent = 'Show ' + number(Math.min(PAGE, left)) + ' more of ' + number(left);
  }
  function draw() {
    shownRows = found();
    upTo = 0;
    $('list').replaceChildren();
    more(PAGE);
    const differ = shownRows.filter((row) => row.fate !== 'stays').length;
    $('shown').textContent = (shownRows.length === rows.length ? '' : number(shownRows.length) + ' of ') +
      number(rows.length) + (rows.length === 1 ? ' portal, ' : ' portals, ') + number(differ) + ' would change';
  }
  const looks = [...new Set(rows.flatMap((row) => [...row.looks]))].sort(new Intl.Collator('en').compare);
  $('look')?.append(...looks.map((name) => element('option', { value: name }, name)));

  // --- theme, printing, keys ---
  const modes = ['automatic', 'light', 'dark'];
  let mode = 'automatic';
  // A browser may refuse storage to a page from disk; then the choice lasts as long as the page.
  try { mode = modes.includes(localStorage.getItem('vcpp-preview-theme')) ? localStorage.getItem('vcpp-preview-theme') :
    mode; } catch (error) { mode = 'automatic'; }
  function paint() {
    if (mode === 'automatic') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = mode;
    $('theme').textContent = 'Theme: ' + mode;
  }
  $('theme').addEventListener('click', () => {
    mode = modes[(modes.indexOf(mode) + 1) % modes.length];
    try { localStorage.setItem('vcpp-preview-theme', mode); } catch (error) { mode = String(mode); }
    paint();
  });
  paint();
  $('theme').hidden = false;
  if (!$('portals')) return;
  addEventListener('beforeprint', () => {
    more(shownRows.length);
    for (const made of $('list').children) {
      if (made.querySelector('.fate.stays') === null) { made.fill(); made.open = true; }
    }
  });
  $('filters').hidden = false;
  for (const kind of ['input', 'change']) $('filters').addEventListener(kind, draw);
  $('filters').addEventListener('submit', (event) => event.preventDefault());
  $('next').addEventListener('click', () => {
    const first = upTo;
    more(PAGE);
    $('list').children[first].querySelector('summary').focus();
  });
  addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !/^(INPUT|SELECT|TEXTAREA)$/.test(
      document.activeElement.tagName)) { event.preventDefault(); $('q').focus(); }
    if (event.key === 'Escape' && document.activeElement === $('q') && $('q').value) { $('q').value = ''; draw(); }
  });
  new IntersectionObserver(([entry]) => $('filters').classList.toggle('stuck', entry.intersectionRatio < 1 &&
    entry.boundingClientRect.top < 0), { threshold: [1], rootMargin: '-1px 0px 0px 0px' }).observe($('filters'));
  draw();
})();
"""
