# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Style and script of the report page. All text goes into the page as text nodes."""

from __future__ import annotations

from .._page import BASE

STYLE = (
    BASE
    + r"""
.wide{max-width:96rem}
.tile.warn b{color:var(--warn)}.tile.bad b{color:var(--bad)}
.remarks{padding:.75rem 1rem;color:var(--soft);list-style:none}
section>p{color:var(--soft);font-size:.8125rem;margin:.25rem 0 .5rem}
.chart{padding:1rem}
.chart p{color:var(--soft);font-size:.8125rem}
.chart svg{display:block;width:100%;height:12rem;margin-top:.5rem}
.chart rect{fill:var(--link)}.chart rect:hover{fill:var(--good)}
.chart line{stroke:var(--line)}
.chart text{fill:var(--soft);font-size:11px}
.scroll{overflow-x:auto}
.tall{max-height:32rem;overflow-y:auto}
.tall thead th{position:sticky;top:0;background:var(--card);white-space:normal;vertical-align:bottom;min-width:5.5rem;
  box-shadow:inset 0 -1px var(--line)}
.rows thead .link{text-align:inherit}
.rows{width:100%;border-collapse:collapse;font-size:.875rem}
.rows th,.rows td{padding:.4375rem .75rem;text-align:right;border-top:1px solid var(--line);white-space:nowrap}
.rows thead th{border-top:0;color:var(--soft);font-weight:500;font-size:.8125rem}
.rows th:first-child,.rows .text{text-align:left}
.rows tbody th{font-weight:600}
.rows thead .link{font-weight:500}
.rows [aria-sort=ascending] .link::after{content:" \2191"}
.rows [aria-sort=descending] .link::after{content:" \2193"}
.rows tbody tr:hover{background:var(--hover)}
.rows .warn{color:var(--warn);font-weight:650}.rows .bad{color:var(--bad);font-weight:650}
#pager{display:flex;gap:.5rem;align-items:center}
@media (max-width:44rem){.wide{padding:0 1rem}.tiles{grid-template-columns:1fr 1fr}.filters{position:static;
  grid-template-columns:1fr 1fr}}
@media print{.filters,#pager,.skip{display:none!important}.wide{max-width:none;padding:0}
  .scroll{overflow:visible}.tall{max-height:none}}
"""
)

SCRIPT = r"""
'use strict';
(() => {
  const PAGE = 100;
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const text = (value) => typeof value === 'number' && value < 0 ? data.texts[-1 - value] : value;
  const vms = data.rows.map((row) => Object.fromEntries(data.columns.map((name, n) => [name, text(row[n])])));

  const number = (value) => value === null || value === undefined ? '' : value.toLocaleString('en');
  function size(value) {
    if (value === null || value === undefined) return '';
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit += 1; }
    const digits = unit ? 1 : 0;
    return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) + ' ' +
      units[unit];
  }
  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) if (value) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }
  const collator = new Intl.Collator('en', { numeric: true });
  function compare(a, b) {
    const none = (value) => value === null || value === undefined || value === '';
    if (none(a) || none(b)) return none(a) - none(b);
    return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  }

  // --- data per day ---
  function chart(organization) {
    const box = $('chart');
    if (!box) return;
    const { days, bytes } = data.traffic;
    const chosen = organization ? [bytes[organization] || days.map(() => 0)] : Object.values(bytes);
    const sums = days.map((_day, n) => chosen.reduce((sum, amounts) => sum + amounts[n], 0));
    const most = Math.max(1, ...sums), wide = 1000, high = 190, step = wide / days.length;
    const space = 'http://www.w3.org/2000/svg';
    const draw = (tag, attributes, words) => {
      const made = document.createElementNS(space, tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      if (words) made.textContent = words;
      return made;
    };
    const total = sums.reduce((sum, amount) => sum + amount, 0);
    const svg = draw('svg', { viewBox: '0 0 ' + wide + ' ' + high, preserveAspectRatio: 'none', role: 'img',
      'aria-label': (organization || 'All organizations') + ': ' + size(total) + ' in ' + days.length + ' days, ' +
        size(most === 1 ? 0 : most) + ' on the busiest' });
    svg.append(draw('line', { x1: 0, x2: wide, y1: high - 1, y2: high - 1 }));
    sums.forEach((amount, n) => {
      const tall = amount / most * (high - 10);
      const bar = draw('rect', { x: n * step + step * 0.1, width: step * 0.8, y: high - 1 - tall, height: tall,
        'data-day': days[n], 'data-bytes': amount });
      bar.append(draw('title', {}, days[n] + ': ' + size(amount)));
      svg.append(bar);
    });
    box.replaceChildren(svg, element('p', {}, (organization || 'All organizations') + ': ' + size(total) + ', ' +
      size(Math.round(total / days.length)) + ' a day, at most ' + size(most === 1 ? 0 : most)));
  }

  // --- organizations ---
  const table = $('organizations');
  if (table) {
    const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, at) => head.firstElementChild.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') !== 'descending' && at > 0 ||
        head.getAttribute('aria-sort') === 'ascending';
      heads.forEach((one) => one.setAttribute('aria-sort', 'none'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const value = (row) => at ? Number(row.cells[at].dataset.value) : row.cells[at].dataset.value;
      const rows = [...body.rows].sort((a, b) => compare(value(a), value(b)) * (down ? -1 : 1));
      body.append(...rows);
    }));
    body.addEventListener('click', (event) => {
      const button = event.target.closest('[data-organization]');
      if (!button) return;
      $('organization').value = button.dataset.organization;
      changed();
      $('vms').scrollIntoView();
    });
  }

  // --- VMs ---
  const shown = [
    ['VM', 'vm', 'text'], ['vApp', 'vapp', 'text'], ['Organization', 'organization', 'text'],
    ['Health', 'health', 'health'], ['State', 'state', 'text'], ['Objective', 'rpo_minutes', 'minutes'],
    ['Late by', 'rpo_violation_minutes', 'late'], ['Last instance', 'last_instance', 'moment'],
    ['Data per day', 'average_transfer_bytes_per_day', 'size'], ['Space', 'space_required_bytes', 'size'],
    ['Instances', 'instances', 'number'], ['Last transfer', 'last_transfer_bytes', 'size'],
    ['Took', 'last_transfer_seconds', 'seconds'], ['Direction', 'direction', 'text'],
    ['Destination', 'destination_site', 'text'], ['Organization VDC', 'vdc', 'text'],
    ['Storage policy', 'storage_policy', 'text'], ['Quiesced', 'quiesced', 'yes'],
    ['Connection', 'data_connection', 'text'],
  ];
  for (const vm of vms) {
    const state = vm.recovery_state && vm.recovery_state !== 'NOT_STARTED' ? vm.recovery_state.toLowerCase() : '';
    vm.state = [vm.migration ? 'migration' : 'protection', vm.paused ? 'paused' : '', state].filter(Boolean).join(', ');
    vm.words = [vm.vm, vm.vapp, vm.organization, vm.vdc, vm.storage_policy].join(' ').toLowerCase();
  }
  const say = {
    text: (value) => value || '', number, size,
    yes: (value) => value ? 'yes' : 'no',
    minutes: (value) => value === null ? '' : number(value) + ' min',
    late: (value) => value ? number(value) + ' min' : '',
    seconds: (value) => value === null || value === undefined ? '' : number(value) + ' s',
    moment: (value) => value ? value.slice(0, 10) + ' ' + value.slice(11, 16) : 'none yet',
    health: (value) => (value || '').toLowerCase(),
  };
  const sort = { by: 'organization', down: false };
  let from = 0;

  function found() {
    const q = $('q').value.trim().toLowerCase(), organization = $('organization').value.trim();
    const site = $('site').value, show = $('show').value;
    const fits = { '': () => true, late: (vm) => vm.rpo_violation_minutes > 0, red: (vm) => vm.health === 'RED',
      paused: (vm) => vm.paused, migration: (vm) => vm.migration }[show];
    return vms.filter((vm) => (!q || vm.words.includes(q)) && (!organization || vm.organization === organization) &&
      (!site || vm.destination_site === site) && fits(vm));
  }

  function draw() {
    const rows = found();
    // Array.sort keeps the order of equal ones, which is organization, vApp, VM.
    rows.sort((a, b) => compare(a[sort.by], b[sort.by]) * (sort.down ? -1 : 1));
    if (from >= rows.length) from = 0;
    const part = rows.slice(from, from + PAGE);
    $('vm-rows').tHead.replaceChildren(element('tr', {}, ...shown.map(([name, key, kind]) => {
      const button = element('button', { type: 'button', class: 'link', 'data-key': key }, name);
      return element('th', { scope: 'col', class: kind === 'text' ? 'text' : '',
        'aria-sort': sort.by !== key ? 'none' : sort.down ? 'descending' : 'ascending' }, button);
    })));
    $('vm-rows').tBodies[0].replaceChildren(...part.map((vm) => element('tr', {}, ...shown.map(([, key, kind], n) => {
      const mood = kind === 'late' && vm[key] ? 'warn' : kind === 'health' && vm[key] === 'RED' ? 'bad' :
        kind === 'health' && vm[key] === 'YELLOW' ? 'warn' : kind === 'text' ? 'text' : '';
      return element(n ? 'td' : 'th', { class: mood, scope: n ? '' : 'row' }, say[kind](vm[key]));
    }))));
    const sum = (key) => rows.reduce((total, vm) => total + (vm[key] || 0), 0);
    $('shown').textContent = (rows.length === vms.length ? number(vms.length) + ' VMs' :
      number(rows.length) + ' of ' + number(vms.length) + ' VMs') + ', ' + size(sum('space_required_bytes')) +
      ' of space, ' + size(sum('average_transfer_bytes_per_day')) + ' a day';
    $('pager').hidden = rows.length <= PAGE;
    $('back').disabled = from === 0;
    $('next').disabled = from + PAGE >= rows.length;
    $('where').textContent = number(from + 1) + ' to ' + number(Math.min(from + PAGE, rows.length)) + ' of ' +
      number(rows.length);
  }
  function changed() {
    from = 0;
    const organization = $('organization').value.trim();
    chart(organization in data.traffic.bytes || vms.some((vm) => vm.organization === organization) ? organization : '');
    draw();
  }
  if ($('vms')) {
    const names = (key) => [...new Set(vms.map((vm) => vm[key]).filter(Boolean))].sort(collator.compare);
    $('organization-names').append(...names('organization').map((name) => element('option', { value: name })));
    $('site').append(...names('destination_site').map((name) => element('option', { value: name }, name)));
    $('filters').hidden = false;
    for (const kind of ['input', 'change']) $('filters').addEventListener(kind, changed);
    $('filters').addEventListener('submit', (event) => event.preventDefault());
    $('vm-rows').tHead.addEventListener('click', (event) => {
      const button = event.target.closest('[data-key]');
      if (!button) return;
      sort.down = sort.by === button.dataset.key ? !sort.down : false;
      sort.by = button.dataset.key;
      from = 0;
      draw();
      $('vm-rows').tHead.querySelector('[data-key="' + sort.by + '"]').focus();
    });
    const turn = (by) => () => { from = Math.max(0, from + by); draw(); $('vms').scrollIntoView(); };
    $('back').addEventListener('click', turn(-PAGE));
    $('next').addEventListener('click', turn(PAGE));
    draw();
  }
  chart('');
})();
"""
