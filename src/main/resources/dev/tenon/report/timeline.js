/* Phases, files and slots over time, a lane for each thread, drawn on a canvas. */
const LANE = { label: 20, row: 22, bar: 18, gap: 8, axis: 26, side: 14 };
const KINDS = ['phase', 'file', 'slot'];

function showTimeline() {
  const canvas = $('timeline');
  const bars = barsOf(report.timeline);
  if (bars.length === 0) {
    $('timeline-section').hidden = true;
    return;
  }
  const lanes = lanesOf(bars);
  const end = Math.max(...lanes.map(lane => lane.end), 0.001);
  let from = 0;
  let to = end;
  let current = null;
  let colours = null;

  const height = lanes.reduce((sum, lane) => sum + LANE.label + lane.rows.length * LANE.row + LANE.gap, LANE.axis);
  const width = () => canvas.clientWidth - 2 * LANE.side;
  const x = time => LANE.side + (time - from) / (to - from) * width();

  function see(start, stop) {
    const span = Math.min(end, Math.max(end / 1e5, stop - start));
    from = Math.min(Math.max(0, start), end - span);
    to = from + span;
    draw();
  }

  function zoom(factor, around) {
    see(around - (around - from) * factor, around + (to - around) * factor);
  }

  function draw() {
    colours = colours || paletteOf();
    const scale = devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
    pen.textBaseline = 'middle';
    drawAxis(pen, { from, to, x, height, width: canvas.clientWidth, colours });
    for (const lane of lanes) {
      pen.fillStyle = colours.quiet;
      pen.fillText(fitting(pen, shown(lane.thread), width()), LANE.side, lane.top + LANE.label / 2);
      lane.rows.forEach(row => drawRow(pen, row, { from, to, x, colours, current }));
    }
  }

  function at(event) {
    const box = canvas.getBoundingClientRect();
    const time = from + (event.clientX - box.left - LANE.side) / width() * (to - from);
    const y = event.clientY - box.top;
    const slack = (to - from) / width() * 2;
    const row = lanes.flatMap(lane => lane.rows).find(it => y >= it.top && y < it.top + LANE.row);
    return { time, bar: row && row.bars.find(bar => bar.start - slack <= time && time <= bar.start + bar.millis + slack) };
  }

  function choose(bar) {
    current = bar;
    $('timeline-now').textContent = bar ? `${titleOf(bar)}: ${textOf(bar)}, thread ${shown(bar.thread)}` : '';
    if (bar && (bar.start + bar.millis < from || bar.start > to)) {
      see(bar.start - (to - from) / 2, bar.start + (to - from) / 2);
    } else {
      draw();
    }
  }

  function move(step) {
    const index = bars.indexOf(current);
    choose(bars[Math.min(bars.length - 1, Math.max(0, current === null ? 0 : index + step))]);
  }

  const keys = {
    ArrowRight: () => move(1),
    ArrowDown: () => move(1),
    ArrowLeft: () => move(-1),
    ArrowUp: () => move(-1),
    Home: () => choose(bars[0]),
    End: () => choose(bars[bars.length - 1]),
    '+': () => zoom(0.6, centre()),
    '=': () => zoom(0.6, centre()),
    '-': () => zoom(1 / 0.6, centre()),
    0: () => see(0, end),
    Escape: () => see(0, end),
    Enter: () => current && see(current.start - current.millis * 0.05, current.start + current.millis * 1.05),
  };
  const centre = () => current && current.start >= from && current.start <= to ? current.start + Math.min(current.millis, to - current.start) / 2 : (from + to) / 2;

  canvas.addEventListener('keydown', event => {
    if (keys[event.key] && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  canvas.addEventListener('wheel', event => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(Math.exp(event.deltaY / 200), at(event).time);
    } else if (event.deltaX !== 0) {
      event.preventDefault();
      see(from + event.deltaX / width() * (to - from), to + event.deltaX / width() * (to - from));
    }
  }, { passive: false });

  let grip = null;
  canvas.addEventListener('pointerdown', event => {
    grip = { x: event.clientX, from, to, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', event => {
    if (grip) {
      const shift = (grip.x - event.clientX) / width() * (grip.to - grip.from);
      grip.moved = grip.moved || Math.abs(grip.x - event.clientX) > 3;
      if (grip.moved && grip.to - grip.from < end) {
        see(grip.from + shift, grip.to + shift);
      }
    } else {
      const { bar } = at(event);
      if (bar) {
        tip(event, titleOf(bar), textOf(bar));
      } else {
        noTip();
      }
    }
  });
  canvas.addEventListener('pointerup', event => {
    if (grip && !grip.moved) {
      choose(at(event).bar || null);
    }
    grip = null;
  });
  canvas.addEventListener('pointercancel', () => (grip = null));
  canvas.addEventListener('pointerleave', noTip);
  canvas.addEventListener('dblclick', event => {
    const { bar } = at(event);
    if (bar) {
      see(bar.start - bar.millis * 0.05, bar.start + bar.millis * 1.05);
    }
  });
  $('timeline-in').addEventListener('click', () => zoom(0.6, centre()));
  $('timeline-out').addEventListener('click', () => zoom(1 / 0.6, centre()));
  $('timeline-all').addEventListener('click', () => see(0, end));
  themeChanged.push(() => {
    colours = null;
    draw();
  });
  new ResizeObserver(() => draw()).observe(canvas.parentElement);
  const longest = phases.map(it => `${it[1]} ${units.millis(it[5])}`).join(', ');
  canvas.setAttribute('aria-label', `What the ${planned ? 'plan' : 'load'} did when. Phases: ${longest}.`);
  draw();
}

function barsOf(timeline) {
  const originByName = new Map();
  if (timeline.some(([kind]) => kind === 2)) {
    slotNames.forEach((name, id) => originByName.set(name, originOf(id)));
  }
  const hue = (kind, name) => kind === 0 ? 'phase' : kind === 1 ? 'accent' : originByName.get(name.replace(/ and \d+ more$/, '')) || 'loaded';
  return timeline
    .map(([kind, name, bytes, thread, start, millis]) => ({ kind, name, bytes, thread: report.threads[thread], start, millis, hue: hue(kind, name) }))
    .sort((a, b) => a.start - b.start || a.kind - b.kind);
}

/* Threads by their first bar; in a thread phases, files and slots below one another, overlapping ones too. */
function lanesOf(bars) {
  const lanes = new Map();
  for (const bar of bars) {
    if (!lanes.has(bar.thread)) {
      lanes.set(bar.thread, { thread: bar.thread, rows: [], end: 0 });
    }
    const lane = lanes.get(bar.thread);
    const until = bar.start + bar.millis;
    lane.end = Math.max(lane.end, until);
    let row = lane.rows.find(it => it.kind === bar.kind && it.end <= bar.start + 0.002);
    if (!row) {
      row = { kind: bar.kind, bars: [], end: 0 };
      lane.rows.push(row);
      lane.rows.sort((a, b) => a.kind - b.kind);
    }
    row.bars.push(bar);
    row.end = until;
  }
  let y = LANE.axis;
  for (const lane of lanes.values()) {
    lane.top = y;
    lane.rows.forEach((row, i) => (row.top = y + LANE.label + i * LANE.row));
    y += LANE.label + lane.rows.length * LANE.row + LANE.gap;
  }
  return [...lanes.values()];
}

const titleOf = bar => shown(bar.name);

function textOf(bar) {
  const moved = bar.bytes > 0 ? `, ${units.bytes(bar.bytes)} at ${units.rate(bar.bytes, bar.millis)}` : '';
  return `${KINDS[bar.kind]}, ${units.millis(bar.millis)} from ${units.millis(bar.start)}${moved}`;
}
