/* Every tensor and what became of it: which, folded or not, searched and sorted. */
let showTensors = () => {};

function showTable() {
  const choice = { state: 'all', terms: [], order: { column: null, down: false } };
  const columns = [
    { id: 'name', title: 'Name', style: 'name', cell: nameCell, key: line => line.name },
    { id: 'shape', title: 'Shape', cell: line => [shapeCell(line)], key: line => kindOf(line.ids[0]).elements, style: 'mono' },
    { id: 'dtype', title: 'Dtype', cell: line => [kindOf(first(line)).dtype], key: line => kindOf(line.ids[0]).dtype },
    ...(placed ? [{ id: 'device', title: 'Device', cell: line => [kindOf(first(line)).device], key: line => kindOf(line.ids[0]).device }] : []),
    { id: 'origin', title: 'Origin', cell: originCell, key: line => states[line.ids[0]] },
    { id: 'from', title: 'From', style: 'from', cell: line => [fromCell(line)], key: line => fromText(line.ids) },
    { id: 'bytes', title: 'Bytes', number: true, cell: line => [bytesCell(line)], key: line => bytesOf(line.ids) },
  ];
  $('table').classList.toggle('placed', placed);
  const table = new Table($('table'), {
    columns,
    label: 'Tensors',
    sorted: order => {
      choice.order = order;
      refresh();
    },
  });

  function refresh() {
    const ids = [];
    for (let id = 0; id < names.length; id++) {
      if (isIn(id, choice.state) && matches(id, choice.terms)) {
        ids.push(id);
      }
    }
    const rows = $('fold').checked ? fold(ids, id => `${id < slotCount ? report.kind[id] : ''} ${states[id]}`) : ids.map(id => ({ name: names[id], ids: [id] }));
    table.show(inOrder(rows, choice.order));
    const folded = rows.length === ids.length ? '' : ` in ${units.many(rows.length, 'row', 'rows')}`;
    $('table-now').textContent = ids.length === 0 ? 'No tensor matches.' : `${units.many(ids.length, 'tensor', 'tensors')}${folded}, ${units.bytes(bytesOf(ids))}`;
  }

  const all = [{ id: 'all', label: 'All', about: 'every slot, and every key that no slot takes' }, ...STATES.filter(({ id }) => countIn(id) > 0)];
  const chips = all.map(state => make('button', { type: 'button', class: 'chip', role: 'radio', title: state.about, 'data-state': state.id, click: () => select(state.id) },
    ...(state.id === 'all' ? [] : [dot(state.id)]), state.label, make('b', {}, units.count(countIn(state.id)))));

  function select(state) {
    choice.state = state;
    for (const chip of chips) {
      const chosen = chip.dataset.state === state;
      chip.setAttribute('aria-checked', chosen);
      chip.tabIndex = chosen ? 0 : -1;
    }
    refresh();
  }

  $('filters').append(...chips);
  $('filters').addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = chips[(chips.indexOf(document.activeElement) + step + chips.length) % chips.length];
      select(next.dataset.state);
      next.focus();
    }
  });
  $('fold').addEventListener('change', refresh);
  let waiting = 0;
  $('search').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      choice.terms = termsOf($('search').value);
      refresh();
    }, 80);
  });
  showTensors = state => {
    select(state);
    $('tensors').scrollIntoView();
    table.grid.focus({ preventScroll: true });
  };
  select('all');
}

/* Words that all must occur; a folded name finds what it stands for. */
function termsOf(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean).map(term => term.includes('{')
    ? new RegExp(term.split(/\{[\d,-]*\}/).map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\d+'))
    : term);
}

function matches(id, terms) {
  if (terms.length === 0) {
    return true;
  }
  const text = `${names[id]} ${kindOf(id).dtype} ${kindOf(id).device} ${sourceOf(id)}`.toLowerCase();
  return terms.every(term => typeof term === 'string' ? text.includes(term) : term.test(text));
}

function inOrder(rows, { column, down }) {
  if (column === null) {
    return rows;
  }
  const sign = down ? -1 : 1;
  const keyed = rows.map(row => ({ row, key: column.key(row) }));
  const compare = keyed.length > 0 && typeof keyed[0].key === 'number' ? (a, b) => a - b : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return keyed.sort((a, b) => sign * compare(a.key, b.key)).map(({ row }) => row);
}

const first = line => line.id === undefined ? line.row.ids[0] : line.id;
const idsOf = line => line.id === undefined ? line.row.ids : [line.id];
const bytesOf = ids => ids.reduce((sum, id) => sum + (originOf(id) === 'tied' ? 0 : kindOf(id).bytes), 0);

function nameCell(line) {
  const whole = line.id === undefined ? line.row.name : names[line.id];
  const several = line.id === undefined && line.row.ids.length > 1;
  return several ? [nameText(whole), make('span', { class: 'times' }, `×${units.count(line.row.ids.length)}`)] : [nameText(whole)];
}

/* Where there is no room for all of a name, its end says most. */
function nameText(whole) {
  const text = shown(whole);
  const cut = text.lastIndexOf('.', text.lastIndexOf('.') - 1);
  const LONG_END = 32;
  const end = cut > 0 && text.length - cut <= LONG_END ? text.slice(cut) : '';
  return make('span', { class: 'whole', title: text }, make('span', {}, text.slice(0, text.length - end.length)), make('span', {}, end));
}

function shapeCell(line) {
  const id = first(line);
  const mismatch = mismatched.get(names[id]);
  return mismatch && states[id] === 'mismatched' ? `${shapeText(mismatch.stored)} → ${shapeText(mismatch.model)}` : shapeText(kindOf(id).shape);
}

function originCell(line) {
  const state = stateOf.get(states[first(line)]);
  return [dot(state.id), make('span', { title: state.about }, state.label)];
}

function fromCell(line) {
  const text = shown(fromText(idsOf(line)));
  return make('span', { title: text }, text);
}

function fromText(ids) {
  const sources = [...new Set(ids.map(sourceOf))];
  return sources.length === 1 ? sources[0] : `${sources[0]} and ${units.count(sources.length - 1)} more`;
}

function bytesCell(line) {
  const ids = idsOf(line);
  return states[ids[0]] === 'unexpected' ? '' : originOf(ids[0]) === 'tied' ? 'shared' : units.bytes(bytesOf(ids));
}
