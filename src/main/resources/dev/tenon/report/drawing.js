/* What the timeline draws with. */
function paletteOf() {
  const palette = {};
  for (const name of ['ink', 'quiet', 'line', 'surface', 'accent', 'phase', 'loaded', 'converted', 'tied', 'initialized', 'computed']) {
    palette[name] = colour(name);
  }
  return palette;
}

function drawAxis(pen, { from, to, x, height, width, colours }) {
  const step = niceStep((to - from) / Math.max(2, width / 110));
  pen.lineWidth = 1;
  pen.strokeStyle = colours.line;
  pen.fillStyle = colours.quiet;
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
    const at = Math.round(x(time)) + 0.5;
    pen.beginPath();
    pen.moveTo(at, LANE.axis - 6);
    pen.lineTo(at, height);
    pen.stroke();
    const label = time === 0 ? '0' : tick(time, step);
    pen.fillText(label, Math.min(at + 4, width - pen.measureText(label).width - 4), LANE.axis / 2);
  }
}

/* 1, 2 or 5 times a power of ten. */
function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map(it => it * power).find(it => it >= least);
}

function tick(millis, step) {
  const [value, least, unit] = step >= 1000 ? [millis / 1000, step / 1000, 's'] : step >= 1 ? [millis, step, 'ms'] : [millis * 1000, step * 1000, 'µs'];
  return `${value.toFixed(least < 1 ? 1 : 0)} ${unit}`;
}

function drawRow(pen, row, { from, to, x, colours, current }) {
  let drawnUntil = -1;
  for (const bar of row.bars) {
    if (bar.start + bar.millis < from || bar.start > to) {
      continue;
    }
    const left = Math.max(x(bar.start), 0);
    const right = Math.min(x(bar.start + bar.millis), x(to) + LANE.side);
    if (right <= drawnUntil && bar !== current) {
      continue;
    }
    const wide = Math.max(1.5, right - left - 1);
    drawnUntil = left + 1.5;
    pen.fillStyle = colours[bar.hue];
    pen.globalAlpha = 0.3;
    pen.fillRect(left, row.top, wide, LANE.bar);
    pen.globalAlpha = 1;
    pen.fillRect(left, row.top, Math.min(2.5, wide), LANE.bar);
    if (bar === current) {
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 1.5;
      pen.strokeRect(left - 0.5, row.top - 0.5, wide + 1, LANE.bar + 1);
    }
    if (wide > 34) {
      drawLabel(pen, bar, left + 8, row.top + LANE.bar / 2 + 0.5, wide - 14, colours);
    }
  }
}

function drawLabel(pen, bar, left, middle, room, colours) {
  const name = fitting(pen, shown(bar.name), room);
  pen.fillStyle = colours.ink;
  pen.fillText(name, left, middle);
  const used = pen.measureText(`${name}  `).width;
  const time = units.millis(bar.millis);
  if (pen.measureText(time).width < room - used) {
    pen.fillStyle = colours.quiet;
    pen.fillText(time, left + used, middle);
  }
}

/* As much of a text as there is room for. */
function fitting(pen, text, room) {
  if (pen.measureText(text).width <= room) {
    return text;
  }
  let least = 0;
  let most = Math.min(text.length, 200);
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= room) {
      least = middle;
    } else {
      most = middle - 1;
    }
  }
  return least < 2 ? '' : `${text.slice(0, least)}…`;
}
