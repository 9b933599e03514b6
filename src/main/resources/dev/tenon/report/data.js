/* The report: slots, then keys of the files that no slot takes, each under a number. */
const report = JSON.parse($('data').textContent);
$('data').remove();

function wholeNames(pairs) {
  const names = [];
  let before = '';
  for (let i = 0; i < pairs.length; i += 2) {
    before = before.slice(0, pairs[i]) + pairs[i + 1];
    names.push(before);
  }
  return names;
}

const slotNames = wholeNames(report.slots);
const slotCount = slotNames.length;
const unexpected = wholeNames(report.unexpected);
const missing = new Set(wholeNames(report.missing));
const mismatched = new Map(report.mismatched.map(([name, stored, model]) => [name, { stored, model }]));
const names = slotNames.concat(unexpected);
const kinds = report.kinds.map(([shape, dtype, bytes, elements, role, device]) => ({ shape, dtype, bytes, elements, role, device }));
const NO_KIND = { shape: null, dtype: '', bytes: 0, elements: 0, role: 0, device: '' };

/* What may be asked for, as the list of tensors shows it. */
const STATES = [
  { id: 'loaded', label: 'Loaded', about: 'from a file, bit for bit' },
  { id: 'converted', label: 'Converted', about: 'from a file, in another dtype or layout' },
  { id: 'tied', label: 'Tied', about: 'shares another slot’s tensor' },
  { id: 'initialized', label: 'Drawn', about: 'no file has it: an initialiser wrote it' },
  { id: 'computed', label: 'Computed', about: 'never stored: computed from the config' },
  { id: 'missing', label: 'Missing', about: 'no file holds it and no tie fills it' },
  { id: 'mismatched', label: 'Mismatched', about: 'the file holds it in another shape' },
  { id: 'unexpected', label: 'Unexpected', about: 'in a file, and no slot takes it' },
];
const stateOf = new Map(STATES.map(state => [state.id, state]));

const kindOf = id => id < slotCount ? kinds[report.kind[id]] : NO_KIND;
const originOf = id => id < slotCount ? report.origins[report.origin[id]] : 'unexpected';
const sourceOf = id => id < slotCount ? report.sources[report.from[id]] : '';

/* The one word for a slot: how it got its bytes, or what was wrong before it did. */
const states = names.map((name, id) => {
  const origin = originOf(id);
  if (origin !== 'initialized') {
    return origin;
  }
  return mismatched.has(name) ? 'mismatched' : missing.has(name) ? 'missing' : origin;
});
const counts = new Map(STATES.map(state => [state.id, 0]));
states.forEach(state => counts.set(state, counts.get(state) + 1));

/* A drawn slot is one that was missing or did not fit, too. */
const DRAWN = new Set(['initialized', 'missing', 'mismatched']);
const isIn = (id, state) => state === 'all' || (state === 'initialized' ? DRAWN.has(states[id]) : states[id] === state);
const countIn = state => state === 'all' ? names.length
  : state === 'initialized' ? [...DRAWN].reduce((sum, it) => sum + counts.get(it), 0) : counts.get(state);

const placed = kinds.some(({ device }) => device !== '');
const phases = report.timeline.filter(([kind]) => kind === 0);
const planned = !phases.some(([, name]) => name === 'read');
const shapeText = shape => shape === null ? '' : shape.length === 0 ? 'scalar' : shape.join(' × ');
