/* What should be looked at, before everything else. */
function showNotices() {
  const lines = [];
  const link = (state, text) => make('button', { class: 'link', type: 'button', click: () => showTensors(state) }, text);
  const count = state => counts.get(state);
  if (count('missing')) {
    const them = count('missing') === 1 ? 'it' : 'them';
    const done = planned ? `a load would draw ${them}` : `the load drew ${them}`;
    lines.push([link('missing', units.many(count('missing'), 'slot is missing', 'slots are missing')), ` from the files; ${done}.`]);
  }
  if (count('mismatched')) {
    lines.push([link('mismatched', units.many(count('mismatched'), 'slot has another shape', 'slots have other shapes')), ' in the files.']);
  }
  if (count('unexpected')) {
    lines.push([link('unexpected', units.many(count('unexpected'), 'key', 'keys')), ` of the files ${count('unexpected') === 1 ? 'belongs' : 'belong'} to no slot.`]);
  }
  const parted = new Set();
  report.parted.forEach(([target, source]) => parted.add(`${target} and ${source} are declared as one and hold different values; they stay apart.`));
  const told = report.warnings.concat(report.warnings.length ? [] : [...parted]);
  told.forEach(text => lines.push([shown(text)]));
  if (lines.length === 0) {
    const all = report.bytes.loaded > 0 ? 'Every slot has its bytes, and every stored key has its slot.' : '';
    $('notices').append(make('p', { class: 'fine' }, `Nothing to warn of. ${all}`));
    return;
  }
  const list = make('ul', {});
  const show = many => list.replaceChildren(...lines.slice(0, many).map(line => make('li', {}, ...line)));
  const panel = make('div', { class: 'notices' }, make('h3', {}, units.many(lines.length, 'warning', 'warnings')), list);
  const FEW = 6;
  const MANY = 1000;
  show(FEW);
  if (lines.length > FEW) {
    const more = make('button', { class: 'link', type: 'button' }, `Show ${lines.length > MANY ? `the first ${units.count(MANY)}` : `all ${units.count(lines.length)}`}`);
    more.addEventListener('click', () => {
      show(MANY);
      list.tabIndex = 0;
      list.focus();
      more.remove();
    });
    panel.append(more);
  }
  $('notices').append(panel);
}
