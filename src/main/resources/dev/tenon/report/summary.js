/* The load in a few figures. */
function showSummary() {
  const name = shown(report.class);
  $('class').textContent = name;
  $('what').textContent = `${planned ? 'plan' : 'load report'}${report.modelType ? ` · ${shown(report.modelType)}` : ''}`;
  document.title = `${name} – Tenon ${planned ? 'plan' : 'load'}`;
  tiles().forEach(([title, value, more]) => {
    $('tiles').append(make('div', { class: 'tile' }, make('dt', {}, title), make('dd', {}, value), make('dd', { class: 'more' }, more)));
  });
  showOrigins();
}

function tiles() {
  let parameters = 0;
  let weights = 0;
  for (let id = 0; id < slotCount; id++) {
    const kind = kindOf(id);
    if (kind.role === 0) {
      weights++;
      parameters += originOf(id) === 'tied' ? 0 : kind.elements;
    }
  }
  const { loaded, initialized, tied } = report.bytes;
  const bytes = loaded + initialized;
  const rate = planned || report.device === 'meta' ? 'from headers alone' : `${units.rate(bytes, report.total)} over all`;
  return [
    [planned ? 'Time to plan' : 'Time to ready', units.millis(report.total), rate],
    ['Bytes', units.bytes(bytes), `${units.many(filesOf().size, 'file', 'files')}, ${tied ? `${units.bytes(tied)} saved by ties` : 'no ties'}`],
    ['Parameters', units.elements(parameters), `${units.count(weights)} tensors, ${units.many(slotCount - weights, 'buffer', 'buffers')}`],
    ['Dtype', report.dtype, dtypes()],
    ['Device', report.device, planned ? 'as asked for' : `${units.many(report.threads.length, 'thread', 'threads')} at work`],
    ['Residency', ...residency()],
  ];
}

function filesOf() {
  const files = new Set();
  for (let id = 0; id < slotCount; id++) {
    if (originOf(id) === 'loaded' || originOf(id) === 'converted') {
      files.add(sourceOf(id));
    }
  }
  return files;
}

function dtypes() {
  const all = new Set(kinds.map(kind => kind.dtype));
  all.delete(report.dtype);
  return all.size === 0 ? 'all of them' : `and ${[...all].slice(0, 4).join(', ')}`;
}

/* Where bytes of files are, as they were brought in. */
function residency() {
  const { mapped, populated, readAhead, copied, converted } = report.read;
  const parts = [['mapped', mapped], ['populated', populated], ['copied', copied], ['converted', converted]].filter(([, bytes]) => bytes > 0);
  if (parts.length === 0) {
    return [planned ? 'not yet' : 'own memory', planned ? 'nothing is read for a plan' : 'no bytes of files'];
  }
  parts.sort((a, b) => b[1] - a[1]);
  const ahead = readAhead > 0 ? [`${units.bytes(readAhead)} of it read ahead`] : [];
  return [parts[0][0], parts.map(([way, bytes]) => `${units.bytes(bytes)} ${way}`).concat(ahead).join(', ')];
}

/* A bar of bytes by origin, and its legend. */
function showOrigins() {
  const bytes = new Map();
  for (let id = 0; id < slotCount; id++) {
    const origin = originOf(id);
    bytes.set(origin, (bytes.get(origin) || 0) + (origin === 'tied' ? 0 : kindOf(id).bytes));
  }
  const bar = make('div', { class: 'share', 'aria-hidden': 'true' });
  const legend = make('ul', { class: 'legend' });
  for (const state of STATES.filter(({ id }) => bytes.has(id))) {
    const size = bytes.get(state.id);
    if (size > 0) {
      const part = make('i', {});
      part.style.flexGrow = size;
      part.style.background = `var(--${state.id})`;
      bar.append(part);
    }
    const count = countIn(state.id);
    const text = state.id === 'tied' ? ` ${units.count(count)}, no bytes of their own` : ` ${units.count(count)}, ${units.bytes(size)}`;
    legend.append(make('li', { title: state.about }, dot(state.id), make('b', {}, state.label), text));
  }
  $('origins').append(bar, legend);
}

function dot(state) {
  const mark = make('i', { class: 'dot', 'aria-hidden': 'true' });
  mark.style.setProperty('--dot', `var(--${state})`);
  return mark;
}
