# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script of the drift page: builds rows when they come near the screen, filters, keys, theme, printing.

Objects are drawn in chunks of forty. A chunk that is far from the screen is an empty box of the right height, so the
number of elements depends on the size of the screen and not on the number of objects. All text goes into the page as
text nodes.
"""

from __future__ import annotations

SCRIPT = r"""
'use strict';
(() => {
  const CHUNK = 40,
    NEAR = '1200px',
    FEW = 120;
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const run = data.mode === 'run';
  document.body.classList.add(data.mode);

  // --- the objects ---
  const at = (table, number) => number < 0 ? '' : table[number];
  const objects = data.rows.map((row, id) => ({
    id,
    name: row[0],
    state: data.states[row[1]],
    label: data.labels[row[1]],
    sign: data.signs[row[1]],
    site: at(data.site, row[2]),
    tenant: at(data.tenant, row[3]),
    kind: at(data.kind, row[4]),
    host: at(data.host, row[5]),
    task: at(data.task, row[6]),
    module: at(data.module, row[7]),
    endpoint: at(data.endpoint, row[8]),
    fields: row[9].f || [],
    texts: row[9].t || [],
    message: row[9].m || '',
    error: row[9].e || null,
    notes: row[9].n || [],
  }));
  const words = (o) => o.words || (o.words = [o.name, o.tenant, o.site, o.kind, o.host, o.task, o.label,
    o.state, o.endpoint, o.message,
    o.notes.join(' '), o.fields.map((f) => f.name + ' ' + show(f.before) + ' ' + show(f.after)).join(' '),
    o.texts.map((t) => t.name + ' ' + t.lines.map((l) => l[1]).join(' ')).join(' '),
    o.error ? Object.values(o.error).join(' ') : ''
  ].join(' ').toLowerCase());

  // --- small helpers ---
  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) {
        element.setAttribute(name, value === true ? '' : value);
      }
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
    return element;
  }
  const count = (number) => number.toLocaleString('en');
  const isPlain = (value) => value === null || typeof value !== 'object';

  function show(value) {
    if (value === undefined) return '';
    if (typeof value === 'string') return value;
    return JSON.stringify(value, null, isPlain(value) ? 0 : 2);
  }

  function brief(value) {
    if (value === undefined) return 'none';
    if (value === '') return 'empty';
    if (Array.isArray(value)) return value.length && value.every(isPlain) ? value.map(show).join(', ') : value
      .length ? count(value.length) + ' entries' : 'empty';
    const text = isPlain(value) ? show(value) : JSON.stringify(value);
    return text.length > 60 ? text.slice(0, 59) + '…' : text;
  }

  // --- one row ---
  function gist(o) {
    const box = el('span', { class: 'gist' });
    if (o.message) { box.append(o.message.split('\n')[0]); return box; }
    const rest = o.fields.length + o.texts.length - 1;
    const more = rest > 0 ? ' and ' + rest + ' more' : '';
    if (o.fields.length && o.state === 'changed') {
      const f = o.fields[0];
      box.append(f.name + ' ', f.hidden ? '(value hidden)' : el('code', {}, brief(f.before) + ' → ' + brief(f
        .after)), more);
    } else if (o.fields.length) {
      const f = o.fields[0];
      box.append(f.name + ' ', f.hidden ? '(value hidden)' : el('code', {}, brief(f.after === undefined ? f
        .before : f.after)), more);
    } else if (o.texts.length) {
      const all = o.texts.flatMap((t) => t.lines);
      const plus = all.filter((l) => l[0] === '+').length,
        minus = all.filter((l) => l[0] === '-').length;
      box.append(o.texts[0].name + ' ', el('code', {}, '+' + plus + ' −' + minus), plus + minus === 1 ?
        ' line' : ' lines');
    } else if (o.state !== 'in_sync') {
      box.append(o.notes[0] || '');
    }
    return box;
  }

  function row(o, position) {
    const open = isOpen(o),
      id = 'o' + o.id;
    const about = [o.kind, !o.grouped && o.tenant && o.tenant !== o.name ? o.tenant : '', !o.endpoint && o
      .host !== o.site && o.host !== o.name ? o.host : ''
    ];
    const head = el('button', { type: 'button', class: 'head', id, 'aria-expanded': String(
        open), 'aria-controls': id + 'b', 'data-at': position },
      el('span', { class: 'tag' }, el('i', { 'aria-hidden': 'true' }, o.sign), o.label),
      el('span', { class: 'name' }, o.name),
      el('span', { class: 'about' }, about.filter(Boolean).join(' · ')),
      gist(o), el('span', { class: 'more', 'aria-hidden': 'true' }));
    const box = el('div', { class: 'row ' + o.state, 'data-id': o.id }, el(o.grouped ? 'h5' : 'h4', {},
    head));
    if (open) box.append(body(o));
    return box;
  }

  function body(o) {
    const box = el('div', { class: 'body', id: 'o' + o.id + 'b', role: 'region', 'aria-labelledby': 'o' + o
        .id });
    if (o.message || o.error) {
      const e = o.error || {};
      const request = [e.method, e.path, e.status !== undefined ? '→ ' + e.status : '', e.code].filter(
        Boolean).join(' ');
      const said = e.message && !o.message.includes(e.message) ? e.message : '';
      box.append(el('div', { class: 'says' }, o.message, said ? el('small', {}, said) : '', request ? el(
        'small', {}, el('code', {}, request)) : ''));
    }
    if (o.fields.length) box.append(fields(o));
    for (const t of o.texts) box.append(text(t));
    if (o.notes.length) box.append(el('ul', { class: 'notes' }, ...o.notes.map((note) => el('li', {},
    note))));
    const meta = el('dl', { class: 'meta' });
    const said = { created: run ? 'was created' : 'would be created', changed: run ? 'was changed' :
        'would be changed', removed: run ? 'was removed' : 'would be removed' } [o.state];
    for (const [key, value] of [
        ['Outcome', said],
        ['Tenant', o.tenant],
        ['Task', o.task],
        ['Host', o.host],
        ['Module', o.module],
        ['Endpoint', o.endpoint]
      ]) {
      if (value) meta.append(el('div', {}, el('dt', {}, key), el('dd', {}, value)));
    }
    box.append(meta);
    return box;
  }

  function fields(o) {
    const names = run ? ['Before', 'After'] : ['Is', 'Should be'];
    const rows = o.fields.map((f) => {
      const both = Array.isArray(f.before) && Array.isArray(f.after);
      const cell = (side, other, kind, label) => {
        const gap = side === undefined,
          sign = el('span', { class: 'sign', 'aria-hidden': 'true' }, gap ? '' : kind === 'was' ? '−' :
            '+');
        return el('td', { class: 'val ' + kind + (gap ? ' gap' : ''), 'data-label': label }, sign, el(
          'span', { class: 'v' }, ...value(side, both ? other : null, f.hidden)));
      };
      return el('tr', {}, el('th', { scope: 'row' }, f.name), cell(f.before, f.after, 'was', names[0]),
        cell(f.after, f.before, 'will', names[1]));
    });
    const head = el('thead', {}, el('tr', {}, ...['Field', ...names].map((name) => el('th', { scope: 'col' },
      name))));
    return el('table', { class: 'fields' }, el('colgroup', {}, el('col'), el('col'), el('col')), head, el(
      'tbody', {}, ...rows));
  }

  function value(side, other, hidden) {
    if (side === undefined) return [el('em', {}, 'not there')];
    if (side === null) return [el('em', {}, 'not set')];
    if (side === '') return [el('em', {}, 'empty')];
    if (hidden) return [show(side) + ' ', el('em', {}, 'differs, not shown')];
    if (Array.isArray(side) && !side.length) return [el('em', {}, 'empty list')];
    if (other && side.every(isPlain)) {
      const there = new Set(other.map((entry) => JSON.stringify(entry)));
      return side.flatMap((entry, i) => [i ? '\n' : '', there.has(JSON.stringify(entry)) ? show(entry) : el(
        'mark', {}, show(entry))]);
    }
    if (Array.isArray(side) && side.every(isPlain)) return [side.map(show).join('\n')];
    return [show(side)];
  }

  function text(t) {
    const kinds = { '-': 'minus', '+': 'plus', '@': 'at', ' ': 'same' };
    const spoken = { '-': 'removed: ', '+': 'added: ' };
    const pre = el('pre', { tabindex: '0', 'aria-label': 'Lines that differ' });
    for (const [sign, line] of t.lines) pre.append(el('span', { class: kinds[sign] }, sign === '@' ? '' : (
      sign === '-' ? '−' : sign) + ' ', line));
    if (t.left_out) pre.append(el('span', { class: 'at' }, count(t.left_out) + ' more lines are not shown'));
    return el('figure', { class: 'text' }, el('figcaption', {}, t.name), pre);
  }

  // --- the list: sites, tenants, chunks ---
  const state = { q: '', site: '', tenant: '', kind: '', states: new Set(), open: new Set(), all: false,
    shut: new Set() };
  for (const chip of document.querySelectorAll('.chip'))
    if (chip.getAttribute('aria-pressed') === 'true') state.states.add(chip.dataset.state);
  const usual = new Set(state.states);
  const isOpen = (o) => state.all ? !state.shut.has(o.id) : state.open.has(o.id);
  let shown = [],
    chunks = [],
    rowHeight = 45,
    printing = false;
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) entry.isIntersecting ? mount(entry.target.chunk) : unmount(entry.target
      .chunk);
  }, { rootMargin: NEAR });

  function mount(chunk) {
    if (chunk.mounted) return;
    chunk.mounted = true;
    chunk.box.style.height = '';
    const parts = [];
    for (const part of chunk.parts) parts.push(part.tenant !== undefined ? el('p', { class: 'tenant',
      role: 'heading', 'aria-level': '4' }, part.tenant) : row(part.o, part.position));
    chunk.box.replaceChildren(...parts);
  }

  function unmount(chunk) {
    if (!chunk.mounted || printing || shown.length <= FEW || chunk.box.contains(document.activeElement))
      return;
    const height = chunk.box.offsetHeight;
    if (!height) return;
    chunk.mounted = false;
    if (!chunk.parts.some((part) => part.o && isOpen(part.o))) rowHeight = height / chunk.parts.length;
    chunk.box.style.height = height + 'px';
    chunk.box.replaceChildren();
  }

  function matches(o, terms, tenant) {
    return state.states.has(o.state) && (!state.site || o.site === state.site) && (!state.kind || o.kind ===
        state.kind) &&
      (!tenant || o.tenant.toLowerCase().includes(tenant)) && terms.every((term) => words(o).includes(term));
  }

  function draw() {
    const terms = state.q.toLowerCase().split(/\s+/).filter(Boolean),
      tenant = state.tenant.trim().toLowerCase();
    // An exact tenant means this one only, so that Acme does not also show Acme-Test.
    const exact = tenant && data.tenant.some((name) => name.toLowerCase() === tenant);
    shown = objects.filter((o) => matches(o, terms, tenant) && (!exact || o.tenant.toLowerCase() === tenant));
    near.disconnect();
    chunks = [];
    const sections = [];
    for (let i = 0; i < shown.length;) {
      let end = i;
      while (end < shown.length && shown[end].site === shown[i].site) end++;
      sections.push(section(shown.slice(i, end), i));
      i = end;
    }
    $('list').replaceChildren(...sections);
    for (const chunk of shown.length <= FEW ? chunks : chunks.slice(0, 2)) mount(chunk);
    for (const chunk of chunks) near.observe(chunk.box);
    say();
  }

  function section(list, offset) {
    const parts = [];
    // Where every tenant has one object, its name in the row is enough; else all get a heading, or the next one
    // would seem to belong to the one above.
    const grouped = list.some((o, i) => i && o.tenant && o.tenant === list[i - 1].tenant);
    list.forEach((o, i) => {
      if (grouped && o.tenant && (!i || o.tenant !== list[i - 1].tenant)) parts.push({ tenant: o
        .tenant });
      o.grouped = grouped && Boolean(o.tenant);
      parts.push({ o, position: offset + i });
    });
    const card = el('div', { class: 'card' });
    for (let i = 0; i < parts.length; i += CHUNK) {
      const chunk = { parts: parts.slice(i, i + CHUNK), box: el('div', { class: 'chunk' }), mounted: false };
      chunk.box.chunk = chunk;
      chunk.box.style.height = chunk.parts.length * rowHeight + 'px';
      for (const part of chunk.parts)
        if (part.o) part.o.chunk = chunk;
      chunks.push(chunk);
      card.append(chunk.box);
    }
    const heading = el('h3', {}, el('span', {}, list[0].site), el('small', {}, count(list.length) + (list
      .length === 1 ? ' object' : ' objects')));
    return el('section', { class: 'site' }, heading, card);
  }

  function say() {
    const filtered = state.q || state.site || state.tenant || state.kind || state.states.size !== usual
      .size || [...usual].some((s) => !state.states.has(s));
    const total = objects.filter((o) => state.states.has(o.state)).length;
    $('shown').textContent = shown.length === total ? count(total) + (total === 1 ? ' object' : ' objects') :
      count(shown.length) + ' of ' + count(total) + ' objects';
    $('clear').hidden = !filtered;
    $('none').hidden = shown.length > 0;
    const box = $('none');
    if (!shown.length) {
      const lines = filtered ? ['No object matches', 'Press Esc or clear the filters to see all.'] : [
        'Nothing to show', 'The run had no task that describes an object.'
      ];
      box.replaceChildren(el('b', {}, lines[0]), lines[1]);
    }
  }

  // --- opening, moving ---
  function toggle(o, head, wanted) {
    const open = wanted === undefined ? !isOpen(o) : wanted;
    (state.all ? state.shut : state.open)[open !== state.all ? 'add' : 'delete'](o.id);
    head.setAttribute('aria-expanded', String(open));
    const box = head.closest('.row'),
      present = box.querySelector('.body');
    if (open && !present) box.append(body(o));
    else if (!open && present) present.remove();
  }

  function toggleAll(on) {
    state.all = on;
    state.open.clear();
    state.shut.clear();
    $('all').setAttribute('aria-pressed', String(on));
    $('all').textContent = on ? 'Close all' : 'Open all';
    for (const chunk of chunks)
      if (chunk.mounted) { const focus = document.activeElement.id;
        chunk.mounted = false;
        mount(chunk); if (focus && chunk.box.querySelector('#' + focus)) $(focus).focus(); }
  }

  function focusRow(position) {
    if (!shown.length) return;
    const o = shown[Math.max(0, Math.min(shown.length - 1, position))];
    mount(o.chunk);
    const head = $('o' + o.id);
    head.focus({ preventScroll: true });
    head.scrollIntoView({ block: 'nearest' });
  }
  const current = () => { const head = document.activeElement.closest('.head'); return head ? Number(head
      .dataset.at) : null; };

  function clear() {
    Object.assign(state, { q: '', site: '', tenant: '', kind: '', states: new Set(usual) });
    for (const id of ['q', 'site', 'tenant', 'kind']) $(id).value = '';
    for (const chip of document.querySelectorAll('.chip')) chip.setAttribute('aria-pressed', String(usual.has(
      chip.dataset.state)));
    draw();
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || $('keys').open) return;
    const target = event.target,
      typing = target.matches('input,select,textarea'),
      key = event.key;
    if (key === 'Escape') {
      if (typing && target.value && target.id !== 'site' && target.id !== 'kind') { target.value = '';
        state[target.id] = '';
        draw(); } else if (!$('clear').hidden) clear();
      else if (typing) target.blur();
      else if (current() !== null) { const head = document.activeElement;
        toggle(shown[current()], head, false); } else return;
      event.preventDefault();
      return;
    }
    if (typing) { if (key === 'ArrowDown' && target.id === 'q') { event.preventDefault();
        focusRow(0); } return; }
    const here = current();
    const free = here !== null || target === document.body || target.id === 'objects';
    const moves = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
    if (key === '/') $('q').focus();
    else if (key === '?') $('keys').showModal();
    else if (key === 'e') toggleAll(!state.all);
    else if ((key === 'j' || key === 'k') || (free && key in moves)) focusRow(here === null ? (moves[
      key] > 0 ? 0 : shown.length - 1) : here + moves[key]);
    else if (here !== null && key === 'Home') focusRow(0);
    else if (here !== null && key === 'End') focusRow(shown.length - 1);
    else return;
    event.preventDefault();
  });
  $('list').addEventListener('click', (event) => {
    const head = event.target.closest('.head');
    if (head) toggle(objects[Number(head.closest('.row').dataset.id)], head);
  });

  // --- filters ---
  let timer = 0;
  for (const id of ['q', 'tenant']) $(id).addEventListener('input', () => {
    state[id] = $(id).value;
    if (id === 'tenant') suggest();
    clearTimeout(timer);
    timer = setTimeout(draw, 60);
  });
  for (const id of ['site', 'kind']) {
    for (const name of [...data[id]].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) $(id)
      .append(el('option', { value: name }, name));
    $(id).addEventListener('change', () => { state[id] = $(id).value;
      draw(); });
  }

  function suggest() {
    // At most fifty suggestions: five thousand would be as many elements.
    const typed = state.tenant.trim().toLowerCase(),
      found = [];
    for (const name of data.tenant) { if (name.toLowerCase().includes(typed)) found.push(name); if (found
        .length === 50) break; }
    $('tenants').replaceChildren(...found.map((name) => el('option', { value: name })));
  }
  suggest();
  $('tenant').parentElement.hidden = !data.tenant.length;
  for (const chip of document.querySelectorAll('.chip')) chip.addEventListener('click', () => {
    const on = chip.getAttribute('aria-pressed') !== 'true';
    chip.setAttribute('aria-pressed', String(on));
    state.states[on ? 'add' : 'delete'](chip.dataset.state);
    draw();
  });
  for (const link of document.querySelectorAll('[data-site]')) link.addEventListener('click', () => {
    state.site = $('site').value = link.dataset.site;
    if (!objects.some((o) => o.site === state.site && state.states.has(o.state))) {
      const chip = document.querySelector('.chip.in_sync');
      if (chip) { chip.setAttribute('aria-pressed', 'true');
        state.states.add('in_sync'); }
    }
    draw();
    $('objects').scrollIntoView();
  });
  $('clear').addEventListener('click', () => { clear();
    $('q').focus(); });
  $('all').addEventListener('click', () => toggleAll(!state.all));
  $('help').addEventListener('click', () => $('keys').showModal());
  $('filters').addEventListener('submit', (event) => { event.preventDefault();
    focusRow(0); });

  // --- theme, printing ---
  const themes = ['automatic', 'light', 'dark'];
  let theme = 'automatic';
  // A browser may refuse storage to a page from disk; then the choice lasts as long as the page.
  try { theme = themes.includes(localStorage.getItem('vcpp-drift-theme')) ? localStorage.getItem(
      'vcpp-drift-theme') : theme; } catch (error) { theme = 'automatic'; }

  function paint() {
    if (theme === 'automatic') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    $('theme').textContent = 'Theme: ' + theme;
  }
  $('theme').addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem('vcpp-drift-theme', theme); } catch (error) { theme = String(theme); }
    paint();
  });
  addEventListener('beforeprint', () => {
    printing = true;
    for (const chunk of chunks) mount(chunk);
    for (const head of document.querySelectorAll('.head[aria-expanded=false]')) {
      const o = objects[Number(head.closest('.row').dataset.id)];
      if (o.state !== 'in_sync') head.closest('.row').append(body(o));
    }
  });
  addEventListener('afterprint', () => { printing = false;
    draw(); });
  paint();
  $('theme').hidden = false;
  $('filters').hidden = !objects.length;
  // The heading of a site stays below the filters, however many lines they take; on a phone they scroll away.
  new ResizeObserver(() => {
    const bar = $('filters'),
      fixed = getComputedStyle(bar).position === 'sticky';
    document.documentElement.style.setProperty('--bar', (fixed ? bar.offsetHeight : 0) + 'px');
  }).observe($('filters'));
  new IntersectionObserver(([entry]) => $('filters').classList.toggle('stuck', entry.intersectionRatio < 1 &&
    entry.boundingClientRect.top < 0), { threshold: [1], rootMargin: '-1px 0px 0px 0px' }).observe($(
    'filters'));
  draw();
  // A short list needs no click: everything is open.
  if (shown.length && shown.length <= 5 && shown.some((o) => o.state !== 'in_sync')) toggleAll(true);
})();
"""
