# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script of the explorer page: search over all names, filters, links from type to type, an address for everything.

All text goes into the page as text nodes. A few cards are drawn at a time, and what is in a card when it is opened, so
hundreds of thousands of members cost what a few hundred cost.
"""

from __future__ import annotations

SCRIPT = r"""
'use strict';
(() => {
  const PAGE = 40, HITS = 3;
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const number = (value) => value.toLocaleString('en');
  const many = (count, word) => number(count) + ' ' + word + (count === 1 ? '' : 's');

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) if (value) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  // --- rows: [kind, plug-in, name, description, ...]; objects have constructors, attributes, methods ---
  const kinds = { object: 'object', type: 'type', enum: 'enumeration' };
  const rows = data.rows.map(([kind, plugin, name, description, ...rest], at) => ({
    kind, plugin, name, description, at, lower: name.toLowerCase(), about: description.toLowerCase(),
    scripts: kind === 'type' ? rest[0] : '', values: kind === 'enum' ? rest[0] : [],
    constructors: kind === 'object' ? rest[0] : [], attributes: kind === 'object' ? rest[1] : [],
    methods: kind === 'object' ? rest[2] : [],
  }));
  for (const row of rows) {
    row.members = [...row.methods.map((one, n) => ['m' + n, one[0].toLowerCase()]),
      ...row.attributes.map((one, n) => ['a' + n, one[0].toLowerCase()])];
  }
  const byName = new Map();
  for (const row of rows) if (row.kind === 'object' && !byName.has(row.name)) byName.set(row.name, row);
  for (const row of rows) if (row.kind === 'type' && !byName.has(row.name)) byName.set(row.name, row);
  for (const row of rows) if (row.kind === 'enum' && !byName.has(row.name)) byName.set(row.name, row);
  const users = new Map();
  for (const row of rows) if (row.kind === 'type' && row.scripts) {
    users.set(row.scripts, [...(users.get(row.scripts) || []), row.name]);
  }

  // --- searching: every word must be in a name; a name that begins with it comes first ---
  function fits(row, words) {
    if (!words.length) return { rank: 1, hits: [] };
    const left = words.filter((word) => !row.lower.includes(word));
    if (!left.length) {
      return { rank: row.lower === words[0] ? 0 : row.lower.startsWith(words[0]) ? 1 : 2, hits: [] };
    }
    const hits = row.members.filter(([, name]) => left.every((word) => name.includes(word)));
    if (hits.length) {
      return { rank: hits.some(([, name]) => name === left[0]) ? 1.5 : 3, hits: hits.map(([key]) => key) };
    }
    return left.every((word) => row.about.includes(word)) ? { rank: 4, hits: [] } : null;
  }
  let found = [], drawn = 0;
  function search() {
    const words = $('search').value.trim().toLowerCase().split(/[\s.()]+/).filter(Boolean);
    const plugin = $('plugin').value, kind = $('kind').value;
    found = [];
    for (const row of rows) {
      if ((plugin && String(row.plugin) !== plugin) || (kind && row.kind !== kind)) continue;
      const fit = fits(row, words);
      if (fit) found.push({ row, ...fit });
    }
    found.sort((a, b) => a.rank - b.rank || a.row.at - b.row.at);
    $('clear').disabled = !(words.length || plugin || kind);
    $('list').replaceChildren();
    drawn = 0;
    more();
    if (!found.length) $('list').append(element('p', { class: 'card nothing' }, 'Nothing has such a name. ' +
      'Parts of names are enough, in any order.'));
    if (found.length === 1 || (words.length && found.length && found[0].rank === 0)) $('list').firstChild.open = true;
  }
  function more() {
    const next = found.slice(drawn, drawn + PAGE);
    $('list').append(...next.map(card));
    drawn += next.length;
    $('shown').textContent = number(found.length) + ' of ' + number(rows.length) +
      (drawn < found.length ? ', the first ' + number(drawn) + ' are shown' : '');
    $('pager').hidden = drawn >= found.length;
  }

  // --- a card ---
  function card({ row, hits }) {
    const plugin = data.plugins[row.plugin];
    const made = element('details', { class: 'card one' });
    const parts = row.kind === 'object' ? [many(row.methods.length, 'method'), many(row.attributes.length, 'attribute')]
      : row.kind === 'type' && row.scripts && row.scripts !== row.name ? ['in scripts ' + row.scripts]
        : row.kind === 'enum' && row.values.length ? [many(row.values.length, 'value')] : [];
    const told = hits.slice(0, HITS).map((key) => (key[0] === 'm' ? row.methods : row.attributes)[+key.slice(1)][0]);
    const summary = element('summary', {}, element('h3', {}, row.name),
      element('span', { class: 'kind ' + row.kind }, kinds[row.kind]),
      hits.length ? element('span', { class: 'hits' }, told.join(', ') + (hits.length > HITS
        ? ' and ' + number(hits.length - HITS) + ' more' : '')) : element('span', { class: 'hits' }, parts.join(', ')),
      element('span', { class: 'from' }, plugin[0]));
    made.append(summary);
    made.addEventListener('toggle', () => {
      if (made.open && !made.querySelector('.inside')) made.append(inside(row, new Set(hits)));
      if (made.open) history.replaceState(null, '', '#' + encodeURIComponent(row.name));
    });
    return made;
  }
  // A type becomes a link where the page has it: in Array/VC:VirtualMachine as well.
  function typed(text) {
    const holder = element('span', {});
    for (const part of text.split(/([\w:]+)/)) {
      const row = byName.get(part);
      holder.append(row ? element('a', { href: '#' + encodeURIComponent(part) }, part) : part);
    }
    return holder;
  }
  function parameters(list) {
    const holder = element('span', {}, '(');
    list.forEach(([name, type], n) => holder.append(n ? ', ' : '', name, name ? ': ' : '', typed(type)));
    holder.append(')');
    return holder;
  }
  function members(title, list, line, hits, letter) {
    if (!list.length) return [];
    const made = element('ul', { class: 'members' });
    list.forEach((one, n) => made.append(element('li', { class: hits.has(letter + n) ? 'hit' : '' }, ...line(one))));
    return [element('h4', {}, title), made];
  }
  const small = (text) => text ? element('small', {}, text) : null;
  function inside(row, hits) {
    const made = element('div', { class: 'inside' });
    if (row.description) made.append(element('p', {}, row.description));
    if (row.kind === 'type') {
      const call = 'Server.findForType("' + row.name + '", id)';
      made.append(element('div', { class: 'paste' }, element('code', {}, call), copier(call)));
      if (row.scripts) made.append(element('p', {}, 'In scripts it is a ', typed(row.scripts), '.'));
    }
    made.append(...members('Values', row.values, (one) => [element('code', {}, one)], hits, 'v'));
    const inventory = users.get(row.name) || [];
    if (row.kind === 'object' && inventory.length) {
      const text = element('p', {}, 'Objects of the inventory: ');
      inventory.forEach((name, n) => text.append(n ? ', ' : '', typed(name)));
      made.append(text);
    }
    made.append(
      ...members('Constructors', row.constructors, ([list, about]) => [
        element('span', { class: 'signature' }, 'new ', element('b', {}, row.name), parameters(list)), small(about)],
        hits, 'c'),
      ...members('Methods', row.methods, ([name, returns, list, about]) => [
        element('span', { class: 'signature' }, element('b', {}, name), parameters(list),
          returns ? element('span', { class: 'where' }, ': ') : null, returns ? typed(returns) : null), small(about)],
        hits, 'm'),
      ...members('Attributes', row.attributes, ([name, type, about]) => [
        element('span', { class: 'signature' }, element('b', {}, name), type ? element('span', { class: 'where' }, ': ')
          : null, type ? typed(type) : null), small(about)], hits, 'a'));
    if (made.childNodes.length === 0) made.append(element('p', {}, 'The server tells nothing more of it.'));
    return made;
  }
  function copier(text) {
    const button = element('button', { type: 'button', class: 'quiet' }, 'Copy');
    button.addEventListener('click', async () => {
      try { await navigator.clipboard.writeText(text); button.textContent = 'Copied'; } catch (problem) {
        button.textContent = 'Select it to copy';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    return button;
  }

  // --- an address for everything ---
  function follow() {
    const name = decodeURIComponent(location.hash.slice(1));
    const row = byName.get(name);
    if (!row) return;
    $('plugin').value = ''; $('kind').value = '';
    $('search').value = name;
    search();
    const at = found.findIndex((one) => one.row === row);
    while (drawn <= at) more();
    const target = $('list').children[at];
    if (target) { target.open = true; target.scrollIntoView({ block: 'start' }); target.firstChild.focus(); }
  }

  // --- the bar ---
  let waiting = 0;
  $('search').addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(search, 80); });
  for (const id of ['plugin', 'kind']) $(id).addEventListener('change', search);
  $('more').addEventListener('click', more);
  $('clear').addEventListener('click', () => {
    for (const id of ['search', 'plugin', 'kind']) $(id).value = '';
    history.replaceState(null, '', location.pathname + location.search);
    search();
    $('search').focus();
  });
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      $('search').focus();
    }
    if (event.key === 'Escape' && document.activeElement === $('search')) {
      $('search').value = '';
      search();
    }
  });
  const filters = document.querySelector('.filters');
  const stick = () => {
    document.documentElement.style.setProperty('--bar', filters.offsetHeight + 'px');
    filters.classList.toggle('stuck', filters.getBoundingClientRect().top <= 0);
  };
  addEventListener('scroll', stick, { passive: true });
  addEventListener('resize', stick);
  const themes = ['automatic', 'light', 'dark'];
  let theme = 0;
  $('theme').hidden = false;
  $('theme').addEventListener('click', () => {
    theme = (theme + 1) % themes.length;
    $('theme').textContent = 'Theme: ' + themes[theme];
    if (theme) document.documentElement.dataset.theme = themes[theme];
    else delete document.documentElement.dataset.theme;
  });
  addEventListener('hashchange', follow);
  stick();
  search();
  follow();
})();
"""
