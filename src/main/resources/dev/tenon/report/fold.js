/* Folds names that differ in layer numbers alone: layers.{0,3-7}.weight. Every name a folded one stands for is there. */
const NUMBER = /(^|\.)(0|[1-9]\d{0,8})(?=\.|$)/g;
const HOLE = '\u0000';

function template(name) {
  const numbers = [];
  if (name.includes(HOLE)) {
    return { text: name, numbers };
  }
  const text = name.replace(NUMBER, (all, dot, number) => {
    numbers.push(Number(number));
    return `${dot}${HOLE}`;
  });
  return { text, numbers };
}

function ranges(numbers) {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  if (sorted.length === 1) {
    return `${sorted[0]}`;
  }
  const parts = [];
  for (let i = 0; i < sorted.length; i++) {
    const start = sorted[i];
    while (sorted[i + 1] === sorted[i] + 1) {
      i++;
    }
    parts.push(start === sorted[i] ? `${start}` : `${start}-${sorted[i]}`);
  }
  return `{${parts.join(',')}}`;
}

function filled(text, numbers) {
  let next = 0;
  return text.replaceAll(HOLE, () => numbers[next++]);
}

/* Rows of one or more numbers of names each; same(id) must be equal for two to share one. */
function fold(ids, same) {
  const groups = new Map();
  for (const id of ids) {
    const { text, numbers } = template(names[id]);
    const key = numbers.length === 0 ? id : `${same(id)}${HOLE}${text}`;
    const group = groups.get(key);
    if (group) {
      group.ids.push(id);
      group.numbers.push(numbers);
    } else {
      groups.set(key, { text, ids: [id], numbers: [numbers] });
    }
  }
  const rows = [];
  for (const group of groups.values()) {
    const whole = group.ids.length === 1 ? [{ name: names[group.ids[0]], ids: group.ids }] : joined(group);
    whole.forEach(row => rows.push(row));
  }
  return rows;
}

/* One row if each number occurs with each other one; else as few as position by position gives. */
function joined({ text, ids, numbers }) {
  const positions = numbers[0].map((_, at) => at);
  const sets = positions.map(at => new Set(numbers.map(it => it[at])));
  if (sets.reduce((product, set) => product * set.size, 1) === ids.length) {
    return [{ name: filled(text, sets.map(set => ranges(set))), ids }];
  }
  let rows = ids.map((id, i) => ({ ids: [id], at: numbers[i].map(String) }));
  for (const at of positions.reverse()) {
    const groups = new Map();
    for (const row of rows) {
      const key = row.at.with(at, '').join();
      if (!groups.has(key)) {
        groups.set(key, []);
      }
      groups.get(key).push(row);
    }
    rows = [...groups.values()].map(group => ({
      ids: group.flatMap(row => row.ids),
      at: group[0].at.with(at, ranges(group.map(row => Number(row.at[at])))),
    }));
  }
  return rows.map(row => ({ name: filled(text, row.at), ids: row.ids }));
}
