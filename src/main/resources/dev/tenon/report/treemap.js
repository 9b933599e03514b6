/* Bytes by module: nested boxes one goes into and out of, and the same as a list. */
const MOST_BOXES = 900;
const DEEPEST = 3;
const HUES = [255, 165, 75, 310, 25, 205, 120, 350, 55, 285];

function showTreemap() {
  const root = moduleTree();
  if (root.bytes === 0) {
    $('modules').hidden = true;
    return;
  }
  let at = root;
  let boxes = [];
  const place = $('treemap');

  function enter(node, focus) {
    const from = at;
    at = node;
    draw(true);
    if (focus) {
      const back = boxes.find(box => box.node === from) || boxes[0];
      back.element.focus();
    }
  }

  function draw(entering) {
    const area = { x: 0, y: 0, width: place.clientWidth, height: place.clientHeight };
    boxes = layOut(at, area);
    const hues = huesOf(boxes);
    boxes.forEach((box, i) => (box.element = boxElement(box, root, hues, i === 0)));
    boxes.forEach(box => {
      box.element.classList.toggle('entering', Boolean(entering));
      box.element.addEventListener('click', () => enter(target(box.node), true));
      box.element.addEventListener('focus', () => rove(box));
      box.element.addEventListener('pointermove', event => tip(event, shown(box.node.path), aboutNode(box.node, root)));
      box.element.addEventListener('pointerleave', noTip);
    });
    noTip();
    place.replaceChildren(...boxes.map(box => box.element));
    $('crumbs').replaceChildren(...crumbsOf(at, enter));
    $('children').replaceChildren(listOf(at, hues, enter));
  }

  /* A tensor is looked at in its module. */
  const target = node => node.children.length > 0 ? node : node.parent === at || !node.parent ? at : node.parent;

  function rove(box) {
    boxes.forEach(it => (it.element.tabIndex = it === box ? 0 : -1));
  }

  place.addEventListener('keydown', event => {
    const box = boxes.find(it => it.element === document.activeElement);
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (direction && box) {
      event.preventDefault();
      const next = nearest(boxes, box, direction);
      if (next) {
        next.element.focus();
      }
    } else if ((event.key === 'Escape' || event.key === 'Backspace') && at.parent) {
      event.preventDefault();
      enter(at.parent, true);
    }
  });
  new ResizeObserver(() => {
    if (!place.contains(document.activeElement)) {
      draw();
    }
  }).observe(place);
  draw();
}

/* Modules, those in them, and those in these, as long as there is room to see them. */
function layOut(top, area) {
  const boxes = [];
  let level = squarify(top.children, area).map(box => ({ ...box, depth: 1 }));
  while (level.length > 0) {
    const next = [];
    for (const box of level) {
      if (boxes.length < MOST_BOXES && box.width >= 3 && box.height >= 3) {
        boxes.push(box);
        if (box.depth < DEEPEST && box.width > 26 && box.height > 34 && box.node.children.length > 0) {
          box.holds = true;
          const head = box.height > 54 && box.width > 44 ? 19 : 2;
          const inside = { x: box.x + 3, y: box.y + head, width: box.width - 6, height: box.height - head - 3 };
          next.push(...squarify(box.node.children, inside).map(it => ({ ...it, depth: box.depth + 1 })));
        }
      }
    }
    level = next;
  }
  return boxes;
}

/* The same hue for the same kind of module, in each of the layers; the largest first. */
function huesOf(boxes) {
  const bytes = new Map();
  boxes.filter(box => !box.holds).forEach(({ node }) => bytes.set(node.family, (bytes.get(node.family) || 0) + node.bytes));
  const families = [...bytes].sort((a, b) => b[1] - a[1]).map(([family]) => family);
  return new Map(families.map((family, i) => [family, HUES[i % HUES.length]]));
}

function paint(element, node, hues, holds) {
  const hue = hues.get(node.family);
  const box = holds ? 'light-dark(#dde2e7, #2e353c)' : hue === undefined ? 'var(--phase)' : `light-dark(oklch(.84 .062 ${hue}), oklch(.43 .062 ${hue}))`;
  element.style.setProperty('--box', box);
}

function boxElement({ node, x, y, width, height, holds }, root, hues, reachable) {
  const labelled = width > 40 && height > 19;
  const spans = labelled ? [make('span', {}, shown(node.label))] : [];
  if (labelled && !holds && height > 38) {
    spans.push(make('span', {}, units.bytes(node.bytes)));
  }
  const element = make('button', { type: 'button', class: 'tile-box', 'aria-label': `${shown(node.path)}, ${aboutNode(node, root)}`, tabindex: reachable ? 0 : -1 }, ...spans);
  Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${Math.max(1, width - 1)}px`, height: `${Math.max(1, height - 1)}px` });
  paint(element, node, hues, holds);
  return element;
}

function aboutNode(node, root) {
  const what = node.isTensor ? `${shapeText(kindOf(node.ids[0]).shape)}, ${kindOf(node.ids[0]).dtype}` : units.many(node.ids.length, 'tensor', 'tensors');
  return `${units.bytes(node.bytes)}, ${units.percent(node.bytes / root.bytes)} of all, ${what}`;
}

function crumbsOf(at, enter) {
  const nodes = [];
  for (let node = at; node; node = node.parent) {
    nodes.unshift(node);
  }
  return nodes.map(node => {
    const label = node.parent ? shown(node.label) : node.label ? shown(node.label) : 'all';
    const button = make('button', { type: 'button', click: () => enter(node, false) }, label);
    if (node === at) {
      button.setAttribute('aria-current', 'true');
    }
    return make('li', {}, button);
  });
}

function listOf(at, hues, enter) {
  const MOST = 200;
  const items = at.children.slice(0, MOST).map(node => {
    const bar = make('i', {});
    bar.style.width = `${node.bytes / at.children[0].bytes * 100}%`;
    paint(bar, node, hues, false);
    const parts = [make('span', { class: 'name', title: shown(node.label) }, shown(node.label)), make('span', { class: 'quiet' }, units.bytes(node.bytes)), make('span', { class: 'bar', 'aria-hidden': 'true' }, bar)];
    const opens = node.children.length > 0;
    return make('li', {}, opens ? make('button', { type: 'button', class: 'child', click: () => enter(node, false) }, ...parts) : make('div', { class: 'child' }, ...parts));
  });
  const rest = at.children.length - items.length;
  const list = make('ol', {}, ...items);
  return rest > 0 ? make('div', {}, list, make('p', { class: 'rest' }, `and ${units.count(rest)} more`)) : list;
}

/* The box one would expect in a direction: close by, and not far aside. */
function nearest(boxes, from, [right, down]) {
  const middle = box => [box.x + box.width / 2, box.y + Math.min(box.height / 2, box.holds ? 10 : box.height)];
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const box of boxes) {
    const [otherX, otherY] = middle(box);
    const along = (otherX - x) * right + (otherY - y) * down;
    const aside = Math.abs((otherX - x) * down) + Math.abs((otherY - y) * right);
    const distance = along + 2 * aside;
    if (box !== from && along > 1 && distance < least) {
      best = box;
      least = distance;
    }
  }
  return best;
}
